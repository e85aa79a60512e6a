import { limits } from '@restyle/shared/contract/limits'
import { z } from 'zod'
import type { PlainJob } from './plain-jobs.ts'

/** What a job of the intake queue holds (docs/direct-enqueue.md). */
const DirectJob = z.object({
  producer: z.string().max(63),
  /** The id of one of its API keys: the part between the underscores. */
  key: z.string().max(64),
  idempotencyKey: z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' }),
  /** What `POST /v1/edits` takes, as the text that was signed. */
  edit: z.string(),
  traceparent: z.string().optional(),
  signature: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hex digits in lower case' }),
})
export type DirectJob = z.infer<typeof DirectJob>

/** A job, or why nobody can be told of it, as the end of a sentence. */
export type ReadJob = { kind: 'job'; job: DirectJob } | { kind: 'dead'; why: string }

export function readJob({ text, bytes }: PlainJob): ReadJob {
  if (text === undefined)
    return dead(bytes === 0 ? 'it holds no data' : `its data has ${bytes} characters, which is too much`)
  const data = parse(text)
  if (data === undefined) return dead('its data is not JSON')
  const read = DirectJob.safeParse(data)
  if (read.success) return { kind: 'job', job: read.data }
  const { path, message } = read.error.issues[0] ?? { path: [], message: '' }
  return dead(`its ${path.length === 0 ? 'data' : `field ${path.join('.')}`} does not fit: ${message}`)
}

const dead = (why: string): ReadJob => ({ kind: 'dead', why })

/** The edit as a value; or why it is none, as a sentence. */
export function readEditText(
  text: string,
): { kind: 'value'; value: unknown } | { kind: 'fault'; detail: string } {
  if (Buffer.byteLength(text) > limits.bodyBytes)
    return { kind: 'fault', detail: `edit is over ${limits.bodyBytes} bytes.` }
  const value = parse(text)
  return value === undefined ? { kind: 'fault', detail: 'edit is not JSON.' } : { kind: 'value', value }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
