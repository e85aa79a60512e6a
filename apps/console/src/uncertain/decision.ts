/** What a person may decide about a held edit. */
export type Decision = { kind: 'adopt'; taskId: string } | { kind: 'resubmit' } | { kind: 'drop' }

/** What has to be typed before a decision that cannot be taken back: the end of the task's id, or a word. */
export function typedFor(decision: Decision): string {
  switch (decision.kind) {
    case 'adopt':
      return decision.taskId.slice(-6)
    case 'resubmit':
      return 'submit again'
    case 'drop':
      return 'give up'
  }
}

/** How the decision goes over the wire. `force`: a task that is none of the candidates. */
export function resolutionOf(decision: Decision, candidates: readonly string[]) {
  switch (decision.kind) {
    case 'adopt': {
      const { taskId } = decision
      return { action: 'adopt' as const, taskId, ...(candidates.includes(taskId) ? {} : { force: true }) }
    }
    case 'resubmit':
      return { action: 'resubmit' as const }
    case 'drop':
      return { action: 'drop' as const }
  }
}
