import type { TaskDeed } from './faults.ts'
import type { Order } from './validate.ts'

/** States of a task. docs/dashscope.md §2 */
export type TaskState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED'

/** One entry of the results: a stored picture by its path, or the failure of this image. */
export type TaskResult =
  | { path: string; sha256: string; expiresAt: number }
  | { code: string; message: string }

/** A task of the simulated service, as it is kept (and written to disk). Times in epoch ms. */
export type Task = {
  taskId: string
  /** Of the submit: the list shows it. */
  requestId: string
  order: Order
  /** Seed of the first image; the k-th uses seed + k. */
  seed: number
  deeds: TaskDeed[]
  state: TaskState
  submittedAt: number
  /** When it will start to run; absent while it waits for one of the running places. */
  startsAt?: number
  scheduledAt?: number
  /** How long it runs, ms of the clock (already divided by the speed). */
  durationMs: number
  /** When it may end at the earliest. */
  endsAt?: number
  endedAt?: number
  /** When a query was first answered with its end. */
  toldAt?: number
  results: TaskResult[]
  /** Images on the bill, and what `usage` claims. */
  billed: number
  code?: string
  message?: string
}

/** The deed of this type that was scripted for a task. */
export const deedOf = <Type extends TaskDeed['type']>(
  task: Task,
  type: Type,
): Extract<TaskDeed, { type: Type }> | undefined =>
  task.deeds.find((deed): deed is Extract<TaskDeed, { type: Type }> => deed.type === type)
