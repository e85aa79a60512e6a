import { z } from 'zod'
import { AcceptedRequest } from './edit-request.ts'

/** What was asked for beside what a view shows anyway: model, prompt, key and metadata. */
export const Asked = AcceptedRequest.pick({
  negativePrompt: true,
  n: true,
  size: true,
  seed: true,
  promptExtend: true,
  watermark: true,
  class: true,
}).extend({
  n: z.int(),
  images: z
    .array(z.string())
    .describe(
      'Where the source pictures come from. Of an address nothing is shown from its `?` on, where a signature may be',
    ),
})
export type Asked = z.infer<typeof Asked>

/** Longer ones are cut: what is shown of an edit is bounded. */
const mostShown = 1_000

/** A source as it may be shown to all who read an edit or its events: without what may be a secret, and without bytes. */
export function shownSource(address: string): string {
  const end = address.startsWith('data:') ? address.indexOf(',') : address.search(/[?#]/)
  const open = end === -1 ? address : address.slice(0, end)
  return open.length <= mostShown ? open : `${open.slice(0, mostShown)}…`
}

/** The part of an accepted request that is shown as `request`. */
export function askedOf(request: AcceptedRequest): Asked {
  const { model: _model, prompt: _prompt, key: _key, metadata: _metadata, images, ...rest } = request
  return { images: images.map(shownSource), ...rest }
}
