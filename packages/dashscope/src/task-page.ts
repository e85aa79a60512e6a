import { taskState, type TaskState } from './task-state.ts'
import { ListAnswer } from './wire.ts'

/** A task as the list shows it: no prompt and no results. Times are epoch ms. */
export type ListedTask = {
  taskId: string
  state: TaskState
  rawStatus: string
  model: string
  createdAt: number
  startedAt?: number | undefined
  endedAt?: number | undefined
  requestId?: string | undefined
}

/** One page of the list; `page` counts from 1. */
export type TaskPage = {
  kind: 'page'
  items: ListedTask[]
  total: number
  totalPages: number
  page: number
}

/** Reads a page (docs/dashscope.md §3.1); undefined if any row cannot be read, since a lost row must not prove a task absent. */
export function readPage(json: unknown): TaskPage | undefined {
  const answer = ListAnswer.safeParse(json)
  if (!answer.success) return undefined
  const { total, total_page: totalPages, page_no: page, data } = answer.data
  const items = data.map((row) => ({
    taskId: row.task_id,
    state: taskState(row.status),
    rawStatus: row.status,
    model: row.model_name,
    createdAt: row.gmt_create,
    startedAt: row.start_time,
    endedAt: row.end_time,
    requestId: row.request_id,
  }))
  return { kind: 'page', items, total, totalPages, page }
}
