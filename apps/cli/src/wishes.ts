import { faultsOfSpec, type Fault as SpecFault } from '@restyle/dashscope/accepts'
import type { Model } from '@restyle/dashscope/model'
import { defaultModel, findModel, models } from '@restyle/dashscope/models'
import type { EditRequestInput } from '@restyle/shared/contract/edit-request'
import { faultLines, type Fault } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

/** The options of `run` and `edit` that become a part of every request. */
export type WishOptions = {
  prompt?: string
  model?: string
  n?: number
  size?: string
  negative?: string
  seed?: number
  /** false with `--no-prompt-extend`; true is the absence of a wish. */
  promptExtend: boolean
  watermark?: true
}

/** A request without its pictures, prompt and key. */
export type Wishes = Omit<EditRequestInput, 'images' | 'prompt' | 'key'> & { model: string; n: number }

const flags: Readonly<Record<string, string>> = {
  negativePrompt: '--negative',
  promptExtend: '--no-prompt-extend',
}

/** What the options ask for; stops at what the model does not take, whatever the rows hold. */
export function readWishes(options: WishOptions): Wishes {
  const wishes: Wishes = {
    model: options.model ?? defaultModel.id,
    n: options.n ?? 1,
    ...(options.size === undefined ? {} : { size: options.size }),
    ...(options.negative === undefined ? {} : { negativePrompt: options.negative }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.promptExtend ? {} : { promptExtend: false }),
    ...(options.watermark === undefined ? {} : { watermark: true }),
  }
  const model = findModel(wishes.model)
  if (model === undefined) throw new Stop('input', [`--model: ${unknownModel(wishes.model)}`])
  const faults = faultsOfWishes(model, wishes).map(({ field, message }): Fault => ({
    where: flags[field] ?? `--${field}`,
    detail: message,
  }))
  if (options.prompt?.trim() === '') faults.push({ where: '--prompt', detail: 'is empty' })
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
  return wishes
}

/** What the model refuses of the wishes alone. */
export const faultsOfWishes = (model: Model, wishes: Wishes): SpecFault[] =>
  faultsOfSpec(model, { ...wishes, prompt: 'any', images: model.accepts.images[0] })

/** For messages. */
export const unknownModel = (id: string): string =>
  `${id} is no model here; there are ${Object.keys(models).join(', ')}`
