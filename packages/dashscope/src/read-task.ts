import { parseBeijing } from './beijing-time.ts'
import { explain } from './catalogue.ts'
import { expiresOf } from './expires-of.ts'
import { taskState, type TaskState } from './task-state.ts'
import { TaskAnswer } from './wire.ts'
import { stripQueryStrings } from './strip-query-strings.ts'

/** A finished image, and where it can be downloaded for now. Times are epoch ms. */
export type TaskImage = {
  url: string
  expiresAt?: number | undefined
  origPrompt?: string | undefined
  actualPrompt?: string | undefined
}

/** What the vendor says of a task. `billed` is the number of images charged for; undefined where it says none. Times are epoch ms. */
export type Task = {
  taskId: string
  state: TaskState
  rawStatus: string
  requestId?: string | undefined
  submittedAt?: number | undefined
  scheduledAt?: number | undefined
  endedAt?: number | undefined
  images: TaskImage[]
  /** Images that were not made, each with its reason. */
  failures: { code: string; message: string }[]
  billed: number | undefined
  code?: string | undefined
  message?: string | undefined
}

/** Reads the answer to a query for task `asked`, of any model (docs/models.md §9.1); undefined if it does not speak of a task. */
export function readTask(json: unknown, asked: string): Task | undefined {
  const parsed = TaskAnswer.safeParse(json)
  if (!parsed.success) return undefined
  const { output, usage, request_id: requestId } = parsed.data
  const code = filled(output?.code) ?? filled(parsed.data.code)
  const said = filled(output?.message) ?? filled(parsed.data.message)
  const message = said === undefined ? undefined : stripQueryStrings(said)
  if (output === undefined) {
    // the wan2.6 and wan2.7 pages show a task whose input was refused as a flat error
    if (code === undefined || explain(code, message).atSubmit !== 'failEdit') return undefined
    const nothing = { images: [], failures: [], billed: undefined }
    return { taskId: asked, state: 'failed', rawStatus: 'FAILED', requestId, ...nothing, code, message }
  }
  const state = taskState(output.task_status)
  const images = imagesOf(output)
  return {
    taskId: filled(output.task_id) ?? asked,
    state,
    rawStatus: output.task_status,
    requestId,
    submittedAt: parseBeijing(output.submit_time ?? ''),
    scheduledAt: parseBeijing(output.scheduled_time ?? ''),
    endedAt: parseBeijing(output.end_time ?? ''),
    images,
    failures: output.results
      .filter((result) => filled(result.url) === undefined)
      .map((result) => ({
        code: filled(result.code) ?? 'Missing',
        message: stripQueryStrings(result.message ?? ''),
      })),
    billed:
      usage?.image_count ?? usage?.output_image_count ?? (state === 'succeeded' ? images.length : undefined),
    code,
    message,
  }
}

/** The addresses of `results[]`, then those of every part of every choice: wan2.6 makes one choice per image, wan2.7 one for all. */
function imagesOf({ results, choices }: NonNullable<TaskAnswer['output']>): TaskImage[] {
  const images = new Map<string, TaskImage>()
  for (const result of results) {
    const url = filled(result.url)
    if (url === undefined) continue
    const prompts = { origPrompt: result.orig_prompt, actualPrompt: result.actual_prompt }
    images.set(url, { url, expiresAt: expiresOf(url), ...prompts })
  }
  for (const { image } of choices.flatMap((choice) => choice.message.content)) {
    const url = filled(image)
    if (url !== undefined && !images.has(url)) images.set(url, { url, expiresAt: expiresOf(url) })
  }
  return [...images.values()]
}

const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
