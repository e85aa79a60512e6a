import { type Failure, fetchInput } from './input-pictures.ts'
import { sha256Of, withOrigin } from './origin.ts'
import { type Painting, sizeOfArea } from './render.ts'
import type { SimulatedModel } from './simulated-models.ts'
import { deedOf, type Task } from './task.ts'

/** What running a task came to: its pictures and the failures among them, or the failure of the whole. */
export type Outcome =
  | { ok: true; pictures: { bytes: Buffer; sha256: string }[]; failures: { code: string; message: string }[] }
  | { ok: false; failure: Failure }

/** What a task needs to be rendered. `fetches: false` skips the inputs (benchmarks). */
export type Studio = {
  paint: (painting: Painting) => Promise<Buffer>
  uploads: (name: string) => Buffer | undefined
  fetches: boolean
  signal: AbortSignal
}

/** The last input, which is painted on, and the hashes of all. */
type Source = { bytes: Buffer | undefined; width: number; height: number; sha256s: string[] }

const readSource = async (task: Task, model: SimulatedModel, studio: Studio): Promise<Source | Failure> => {
  let last: Source = { bytes: undefined, width: 1, height: 1, sha256s: [] }
  if (!studio.fetches) return last
  for (const image of task.order.images) {
    const input = await fetchInput(image, model, studio.uploads, studio.signal)
    if (!input.ok) return input.failure
    last = { ...input, sha256s: [...last.sha256s, input.sha256] }
  }
  return last
}

const sizeFor = ({ order }: Task, source: Source, fetched: boolean): { width: number; height: number } => {
  if (order.size && 'width' in order.size) return order.size
  // nobody asked for a size and nothing was fetched: the cheapest picture will do
  if (!fetched) return { width: 64, height: 64 }
  return order.size ? sizeOfArea(order.size.area, source.width / source.height) : source
}

/** Runs a task: fetches and checks its inputs, edits the last one n times, with whatever failure was scripted. Never throws. */
export const runTask = async (task: Task, model: SimulatedModel, studio: Studio): Promise<Outcome> => {
  const fail = deedOf(task, 'fail')
  if (fail) return { ok: false, failure: { code: fail.code, message: fail.message } }
  if (deedOf(task, 'empty-results')) return { ok: true, pictures: [], failures: [] }
  const failing = deedOf(task, 'fail-some')
  const count = task.order.n - (failing?.images ?? 0) - (deedOf(task, 'lose-some')?.images ?? 0)
  try {
    const source = await readSource(task, model, studio)
    if (!('width' in source)) return { ok: false, failure: source }
    const { width, height } = sizeFor(task, source, studio.fetches)
    const { prompt, watermark } = task.order
    const origin = { prompt: sha256Of(prompt), sources: source.sha256s }
    const pictures = []
    for (let k = 0; k < count; k += 1) {
      const seed = task.seed + k
      const painted = await studio.paint({ source: source.bytes, prompt, seed, width, height, watermark })
      const bytes = studio.fetches ? withOrigin(painted, origin) : painted
      pictures.push({ bytes, sha256: sha256Of(bytes) })
    }
    const { code = 'DataInspectionFailed', message = 'Output data may contain inappropriate content.' } =
      failing ?? {}
    const failures = Array.from({ length: failing?.images ?? 0 }, () => ({ code, message }))
    if (pictures.length === 0 && failures.length > 0) return { ok: false, failure: { code, message } }
    return { ok: true, pictures, failures }
  } catch (error) {
    // a picture whose header was fine and whose body is not
    return {
      ok: false,
      failure: { code: 'InvalidParameter', message: `The image is broken: ${String(error)}` },
    }
  }
}
