/** `unknown` is the vendor's word: no such task, or older than 24 h. `other` is a status that this version does not know. */
export type TaskState = 'pending' | 'running' | 'succeeded' | 'failed' | 'canceled' | 'unknown' | 'other'

const states: ReadonlyMap<string, TaskState> = new Map([
  ['PENDING', 'pending'],
  ['RUNNING', 'running'],
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['CANCELED', 'canceled'],
  // spellings of gateways and other APIs of the vendor
  ['CANCELLED', 'canceled'],
  ['SUCCESS', 'succeeded'],
  ['SUCCEED', 'succeeded'],
  ['UNKNOWN', 'unknown'],
])

/** The vendor's status in our words (docs/dashscope.md §2). */
export const taskState = (status: string): TaskState => states.get(status.trim().toUpperCase()) ?? 'other'
