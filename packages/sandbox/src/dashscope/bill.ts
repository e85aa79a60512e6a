import { simulatedModels } from './simulated-models.ts'
import type { Task } from './task.ts'

/** One line of the bill: the images of a task that SUCCEEDED. Money in millionths of a yuan. */
export type BillEntry = { taskId: string; model: string; images: number; micros: number; at: number }

/** What the account owes so far, whoever asked for it. docs/dashscope.md §6 */
export type Bill = {
  readonly images: number
  readonly micros: number
  readonly entries: BillEntry[]
  byTask: (taskId: string) => { images: number; micros: number }
}

const entryOf = (task: Task): BillEntry => ({
  taskId: task.taskId,
  model: task.order.model,
  images: task.billed,
  micros: task.billed * (simulatedModels.get(task.order.model)?.micros ?? 0),
  at: task.endedAt ?? 0,
})

const sum = (entries: BillEntry[]): { images: number; micros: number } => ({
  images: entries.reduce((total, entry) => total + entry.images, 0),
  micros: entries.reduce((total, entry) => total + entry.micros, 0),
})

/** The bill is read off the tasks, so that the two can never disagree. */
export const readBill = (tasks: () => Task[]): Bill => {
  const entries = (): BillEntry[] =>
    tasks()
      .filter((task) => task.billed > 0)
      .map(entryOf)
      .toSorted((a, b) => a.at - b.at)
  return {
    get images() {
      return sum(entries()).images
    },
    get micros() {
      return sum(entries()).micros
    },
    get entries() {
      return entries()
    },
    byTask: (taskId) => sum(entries().filter((entry) => entry.taskId === taskId)),
  }
}
