import { parseBeijing } from './beijing-time.ts'
import { explain } from './catalogue.ts'
import { fieldNames } from './field-names.ts'
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
  /** The names of the answer's fields, where it tells of success and shows no image: an image may lie where we do not look. */
  shape?: string
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
  if (output === undefined || output === null) {
    // the wan2.6 and wan2.7 pages show a task whose input was refused as a flat error
    if (code === undefined || explain(code, message).atSubmit !== 'failEdit') return undefined
    const nothing = { images: [], failures: [], billed: undefined }
    return { taskId: asked, state: 'failed', rawStatus: 'FAILED', requestId, ...nothing, code, message }
  }
  const state = taskState(output.task_status)
  const images = imagesOf(output)
  const counted = usage?.image_count ?? usage?.output_image_count
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
      .filter((result) => addressOf(result) === undefined)
      .map((result) => ({
        code: filled(result.code) ?? 'Missing',
        message: stripQueryStrings(result.message ?? ''),
      })),
    billed:
      counted ??
      (state === 'succeeded' ? Math.max(images.length, output.task_metrics?.SUCCEEDED ?? 0) : undefined),
    ...(state === 'succeeded' && images.length === 0 ? { shape: fieldNames(json) } : {}),
    code,
    message,
  }
}

type Output = NonNullable<TaskAnswer['output']>
type Result = Output['results'][number]
type Part = Output['choices'][number]['message']['content'][number]

/** Where one image lies. The documented name of its place goes first: the others are asked only where that one is missing. */
const addressOf = (place: Result | Part): string | undefined =>
  [place.url, place.image, place.image_url, place.output_image_url, place.png_url].find(
    (url) => filled(url) !== undefined,
  )

/**
 * The addresses of `results[]`, then those of every part of every choice: wan2.6 makes one choice per image, wan2.7 one
 * for all. Then, if there was none, the address that other models of the vendor put beside the status.
 */
function imagesOf(output: Output): TaskImage[] {
  const images = new Map<string, TaskImage>()
  const add = (place: Result | Part, prompts: Pick<TaskImage, 'origPrompt' | 'actualPrompt'> = {}) => {
    const url = addressOf(place)
    if (url !== undefined && !images.has(url)) images.set(url, { url, expiresAt: expiresOf(url), ...prompts })
  }
  for (const result of output.results)
    add(result, { origPrompt: result.orig_prompt, actualPrompt: result.actual_prompt })
  for (const part of output.choices.flatMap((choice) => choice.message.content)) add(part)
  if (images.size === 0) add(output)
  return [...images.values()]
}

const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
