import { faultsOfSpec } from '@restyle/dashscope/accepts'
import { defaultModel, findModel } from '@restyle/dashscope/models'
import type { EditClass } from '@restyle/manifest/manifest'
import { unknownModel, type SharedOptions } from '@restyle/manifest/check-row'
import type { Preparing } from './picture/read-picture.ts'
import { faultLines, type Fault } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

/** The flags of `run` and `edit` that become a part of every request. */
export type RequestFlags = {
  prompt?: string
  model?: string
  n?: number
  size?: string
  negative?: string
  seed?: number
  /** false with `--no-prompt-extend`; true means that the flag is absent. */
  promptExtend: boolean
  watermark?: true
  class?: EditClass
  /** Local pictures are sent as they are. */
  asIs?: true
  /** What transparent pictures are laid on. */
  background: string
  /** Of the whole batch, or of the one edit. */
  priority?: number
}

const flagNames: Readonly<Record<string, string>> = {
  negativePrompt: '--negative',
  promptExtend: '--no-prompt-extend',
}

/** The options that the flags ask for. Stops at what the model does not take, whatever the rows hold. */
export function readRequestOptions(flags: RequestFlags): SharedOptions {
  const options: SharedOptions = {
    model: flags.model ?? defaultModel.id,
    n: flags.n ?? 1,
    ...(flags.size === undefined ? {} : { size: flags.size }),
    ...(flags.negative === undefined ? {} : { negativePrompt: flags.negative }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.promptExtend ? {} : { promptExtend: false }),
    ...(flags.watermark === undefined ? {} : { watermark: true }),
    ...(flags.class === undefined ? {} : { class: flags.class }),
  }
  const model = findModel(options.model)
  if (model === undefined) throw new Stop('input', [`--model: ${unknownModel(options.model)}`])
  // the pictures and the prompt are checked with each row
  const spec = { ...options, prompt: 'any', images: model.accepts.images[0] }
  const faults = faultsOfSpec(model, spec).map(({ field, message }): Fault => ({
    where: flagNames[field] ?? `--${field}`,
    detail: message,
  }))
  if (flags.prompt?.trim() === '') faults.push({ where: '--prompt', detail: 'is empty' })
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
  return options
}

/** What is said of a whole batch, not of its rows. */
export const priorityOf = ({ priority }: RequestFlags): { priority?: number } =>
  priority === undefined ? {} : { priority }

/** How local pictures are made ready. */
export const preparingOf = ({ asIs, background }: RequestFlags): Preparing =>
  asIs === undefined ? { background } : undefined
