import { beijingTime } from './beijing-clock.ts'
import { simulatedModels } from './simulated-models.ts'
import { deedOf, type Task, type TaskResult } from './task.ts'

/** Turns a stored picture into the address that the answer gives. */
export type UrlOf = (result: Extract<TaskResult, { path: string }>) => string

const metrics = (task: Task): object => {
  const done = task.results.filter((result) => 'path' in result).length
  switch (task.state) {
    case 'SUCCEEDED':
      return { TOTAL: task.order.n, SUCCEEDED: done, FAILED: task.order.n - done }
    case 'FAILED':
      return { TOTAL: task.order.n, SUCCEEDED: 0, FAILED: task.order.n }
    case 'PENDING':
    case 'RUNNING':
    case 'CANCELED':
      return { TOTAL: task.order.n, SUCCEEDED: 0, FAILED: 0 }
  }
}

const times = (task: Task): object => ({
  submit_time: beijingTime(task.submittedAt),
  ...(task.scheduledAt === undefined ? {} : { scheduled_time: beijingTime(task.scheduledAt) }),
  ...(task.endedAt === undefined ? {} : { end_time: beijingTime(task.endedAt) }),
})

const addressOf = (task: Task, urlOf: UrlOf, result: Extract<TaskResult, { path: string }>): string =>
  deedOf(task, 'result-url')?.url ?? urlOf(result)

const asResults = (task: Task, urlOf: UrlOf): object => ({
  results: task.results.map((result) =>
    'path' in result
      ? {
          orig_prompt: deedOf(task, 'echo')?.prompt ?? task.order.prompt,
          ...(task.order.promptExtend ? { actual_prompt: `${task.order.prompt}, in fine detail` } : {}),
          url: addressOf(task, urlOf, result),
        }
      : result,
  ),
  task_metrics: metrics(task),
})

// failed images are simply missing here: this family documents no per-image error (docs/models.md 0.6)
const asChoices = (task: Task, urlOf: UrlOf, onePerImage: boolean): object => {
  const parts = task.results
    .filter((result) => 'path' in result)
    .map((result) => ({ image: addressOf(task, urlOf, result), type: 'image' }))
  const groups = onePerImage ? parts.map((part) => [part]) : [parts]
  return {
    finished: true,
    choices: groups.map((content) => ({ finish_reason: 'stop', message: { role: 'assistant', content } })),
  }
}

const output = (task: Task, urlOf: UrlOf, hidden: boolean): object => {
  const answer = simulatedModels.get(task.order.model)?.answer ?? 'results'
  const head = { task_id: task.taskId, task_status: task.state }
  const numbers = answer === 'results' ? { task_metrics: metrics(task) } : {}
  const why = {
    ...(task.code === undefined ? {} : { code: task.code }),
    ...(task.message === undefined ? {} : { message: task.message }),
  }
  switch (task.state) {
    case 'PENDING':
      return { ...head, submit_time: beijingTime(task.submittedAt), ...numbers }
    case 'RUNNING':
      return { ...head, ...numbers }
    case 'CANCELED':
      return { ...head, ...times(task) }
    case 'FAILED':
      if (task.code === undefined) return { ...head, ...times(task) }
      return { ...head, ...why, ...(task.code === 'BadRequest.InputDownloadFailed' ? {} : numbers) }
    case 'SUCCEEDED':
      if (hidden) return { ...head, ...times(task), ...numbers }
      return {
        ...head,
        ...times(task),
        ...(answer === 'results'
          ? asResults(task, urlOf)
          : asChoices(task, urlOf, answer === 'one-choice-per-image')),
      }
  }
}

/** The body of a task query; `undefined` is a task that never was or has expired: UNKNOWN, with status 200. docs/dashscope.md §2 */
export const queryBody = (
  taskId: string,
  task: Task | undefined,
  urlOf: UrlOf,
  now: number,
): Record<string, unknown> => {
  if (!task) return { output: { task_id: taskId, task_status: 'UNKNOWN' } }
  const usage = task.billed > 0 ? { usage: { image_count: task.billed } } : {}
  const hidden = now < (task.endedAt ?? now) + (deedOf(task, 'late-images')?.ms ?? 0)
  return { output: output(task, urlOf, hidden), ...usage }
}

/** One item of the list: no prompt, no results, times in epoch ms, `status`. docs/dashscope.md §3.1 */
export const listItem = (task: Task, region: string): Record<string, unknown> => {
  const model = task.order.model
  const path = simulatedModels.get(model)?.path.replace('/', ':')
  return {
    api_key_id: '1',
    caller_parent_id: '1000000000000001',
    caller_uid: '1000000000000001',
    gmt_create: task.submittedAt,
    model_name: model,
    region,
    request_id: task.requestId,
    status: task.state,
    task_id: task.taskId,
    user_api_unique_key: `apikey:v1:aigc:${path}:${model}`,
    ...(task.scheduledAt === undefined ? {} : { start_time: task.scheduledAt }),
    ...(task.endedAt === undefined ? {} : { end_time: task.endedAt }),
  }
}
