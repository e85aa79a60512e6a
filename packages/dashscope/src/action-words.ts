import type { FailedTaskAction, SubmitAction } from './error-row.ts'

/** What Restyle does after a refused submit, in words, as the table of errors in docs/operations.md has them. */
export const wordsAtSubmit: Readonly<Record<SubmitAction, string>> = {
  retryLater: 'waits and sends again',
  retryOnce: 'sends once more',
  failEdit: 'fails the edit',
  pauseLane: 'pauses the lane',
  lookUp: 'looks it up',
}

/** What it does after a failed task. */
export const wordsAfterTask: Readonly<Record<FailedTaskAction, string>> = {
  newTask: 'makes a new task',
  retryOnce: 'makes one more task',
  failEdit: 'fails the edit',
  pauseLane: 'pauses the lane',
}
