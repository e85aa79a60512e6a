/**
 * What to do with a refused submit: `retryLater` with backoff; `retryOnce`, a single or few retries are fair; `failEdit`, the input must change;
 * `pauseLane`, the account or its settings are at fault, so no edit is; `lookUp`, the task may exist.
 */
export type SubmitAction = 'retryLater' | 'retryOnce' | 'failEdit' | 'pauseLane' | 'lookUp'

/** What to do with a failed task: `newTask` is worth it with backoff; the others as for a submit. */
export type FailedTaskAction = 'newTask' | 'retryOnce' | 'failEdit' | 'pauseLane'

/** What a code means and what follows. The first `when` whose words are in the message replaces parts of the row: there the message says more than the code. */
export type ErrorRow = {
  codes: readonly string[]
  httpStatus?: number
  /** The code itself says that this edit's pictures or words are at fault, so ten such refusals say nothing about the lane. */
  blamesInput?: true
  meaning: string
  atSubmit: SubmitAction
  failedTask: FailedTaskAction
  todo: string
  when?: readonly ({ says: RegExp } & Partial<Omit<ErrorRow, 'codes' | 'when'>>)[]
}
