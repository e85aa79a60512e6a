import type { Review } from '@restyle/client/types'
import { useId, useState } from 'react'
import { api, names } from '../app/api.ts'
import { useRefusal } from '../app/session.tsx'
import { useAct } from '../ui/use-act.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Candidates } from './candidates.tsx'
import { type Decision, resolutionOf, typedFor } from './decision.ts'

/** The decisions about one held edit, each typed to confirm. */
export function Decide({ review }: { review: Review }) {
  const { edit, candidates } = review
  const refusal = useRefusal('edits:write')
  const { act, busy } = useAct(names.uncertain)
  const [decision, setDecision] = useState<Decision>()
  const close = () => setDecision(undefined)
  const adopt = (taskId: string) => setDecision({ kind: 'adopt', taskId })
  const decide = (chosen: Decision) =>
    act({
      call: () => api.reviews.resolve(edit.id, resolutionOf(chosen, candidates)),
      said: `${edit.key}: ${doneWords[chosen.kind]}`,
      done: close,
    })
  return (
    <div className="stack">
      <Candidates review={review} refusal={refusal} adopt={adopt} />
      <OtherTask refusal={refusal} adopt={adopt} />
      <div className="row">
        <ActionButton refusal={refusal} act={() => setDecision({ kind: 'resubmit' })}>
          It never arrived, submit again
        </ActionButton>
        <ActionButton kind="danger" refusal={refusal} act={() => setDecision({ kind: 'drop' })}>
          Give it up
        </ActionButton>
      </div>
      <Confirm
        open={decision !== undefined}
        title={decision === undefined ? '' : titles[decision.kind]}
        verb={busy ? 'Deciding…' : decision === undefined ? '' : titles[decision.kind]}
        typed={decision === undefined ? undefined : typedFor(decision)}
        close={close}
        act={() => {
          if (decision !== undefined && !busy) decide(decision)
        }}
      >
        <p>
          About <bdi>{edit.key}</bdi>. {decision === undefined ? '' : follows(decision, candidates)}
        </p>
      </Confirm>
    </div>
  )
}

/** A task that nobody has found: its id is written by hand. */
function OtherTask({ refusal, adopt }: { refusal: string | undefined; adopt: (taskId: string) => void }) {
  const [task, setTask] = useState('')
  const id = useId()
  const noTask = task.trim() === '' ? 'Say which task it is.' : undefined
  return (
    <div className="row">
      <label htmlFor={id}>Another task</label>
      <input
        id={id}
        value={task}
        size={40}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => setTask(target.value)}
      />
      <ActionButton refusal={refusal ?? noTask} act={() => adopt(task.trim())}>
        It is this task
      </ActionButton>
    </div>
  )
}

const titles = {
  adopt: 'It is this task',
  resubmit: 'It never arrived, submit again',
  drop: 'Give it up',
} as const

const doneWords = {
  adopt: 'its task is asked about now.',
  resubmit: 'it waits for its turn again.',
  drop: 'it is given up.',
} as const

function follows(decision: Decision, candidates: readonly string[]): string {
  switch (decision.kind) {
    case 'adopt':
      return candidates.includes(decision.taskId)
        ? `Task ${decision.taskId} becomes its own, and nothing more is billed.`
        : `Task ${decision.taskId} is none of the candidates. It becomes its own all the same.`
    case 'resubmit':
      return candidates.length === 0
        ? 'It is submitted again. If the first submit made a task after all, both are billed.'
        : 'It is submitted again. If one of the candidates was its own after all, both are billed.'
    case 'drop':
      return 'It fails. A task that it may have made is billed all the same, and its images are not stored.'
  }
}
