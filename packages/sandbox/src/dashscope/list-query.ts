import type { Refusal } from './answer.ts'
import { readBeijingTime } from './beijing-clock.ts'
import type { Task } from './task.ts'

/** One page of the list call, or why it is refused. */
export type ListPage =
  | { ok: true; tasks: Task[]; total: number; totalPages: number; page: number; size: number }
  | { ok: false; refusal: Refusal }

const day = 24 * 3_600_000
const largestPage = 100

const refused = (message: string): ListPage => ({
  ok: false,
  refusal: { status: 400, code: 'InvalidParameter', message },
})

const readCount = (text: string | null, byDefault: number): number | undefined => {
  if (text === null || text === '') return byDefault
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

type Window = { from: number; to: number }

// the default is the last 24 h; one end alone fixes the other
const readWindow = (query: URLSearchParams, now: number): Window | undefined => {
  const [start, end] = [query.get('start_time'), query.get('end_time')]
  const from = start ? readBeijingTime(start) : undefined
  const to = end ? readBeijingTime(end) : undefined
  if ((start && from === undefined) || (end && to === undefined)) return undefined
  if (from !== undefined) return { from, to: to ?? from + day }
  return to === undefined ? { from: now - day, to: now } : { from: to - day, to }
}

/**
 * Answers the filters of the list call (docs/dashscope.md §3.1) from the tasks, newest first. The window compares the
 * moment of the submit, to the ms, with both ends; pages above 100 are cut to 100 (the vendor names no maximum).
 */
export const listPage = (tasks: Task[], query: URLSearchParams, now: number): ListPage => {
  const page = readCount(query.get('page_no'), 1)
  const wished = readCount(query.get('page_size'), 10)
  if (page === undefined || wished === undefined) return refused('page_no and page_size must be positive')
  const window = readWindow(query, now)
  if (!window) return refused('start_time and end_time must be YYYYMMDDhhmmss')
  if (window.to - window.from > day || window.to < window.from) {
    return refused('The interval between start_time and end_time must be within 24 hours.')
  }
  const [taskId, model, status] = [query.get('task_id'), query.get('model_name'), query.get('status')]
  const found = tasks.filter(
    (task) =>
      task.submittedAt >= window.from &&
      task.submittedAt <= window.to &&
      (!taskId || task.taskId === taskId) &&
      (!model || task.order.model === model) &&
      (!status || task.state === status),
  )
  const size = Math.min(wished, largestPage)
  return {
    ok: true,
    tasks: found.slice((page - 1) * size, page * size),
    total: found.length,
    totalPages: Math.ceil(found.length / size),
    page,
    size,
  }
}
