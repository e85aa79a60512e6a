import type { Edit, Image } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { moveOrReread, type MovedOrReread } from '@restyle/shared/move-or-reread'
import { Problem } from '../http/problem.ts'

/** How often a copy may be faster that writes the edit meanwhile. */
const mostTries = 5

/**
 * Notes that a person gives up images of a rendered edit that are not stored: those named, or all. The hand that copies
 * tries each once more, looks for it in the bucket, and then lets it go. Throws a `Problem` where there is no such image.
 */
export async function giveUpImages(
  edit: Edit,
  indexes: readonly number[] | undefined,
  ledger: Pick<Ledger, 'move' | 'read'>,
): Promise<MovedOrReread> {
  for (let [known, tries] = [edit, 1]; ; tries += 1) {
    const images = withoutHope(known, indexes)
    const moved = await moveOrReread(
      known,
      { to: 'rendered', set: { images }, expiresAt: firstDeath(images) },
      ledger,
    )
    if (moved.kind !== 'overtaken' || tries === mostTries) return moved
    known = moved.edit
  }
}

const waits = ({ stored, failure }: Image): boolean => stored === undefined && failure === undefined

function withoutHope({ state, images = [] }: Edit, indexes: readonly number[] | undefined): Image[] {
  if (state !== 'rendered')
    throw new Problem('not-held', `This edit has no image that waits to be stored: it is ${state}.`)
  const waiting = images.filter(waits).map(({ index }) => index)
  if (waiting.length === 0)
    throw new Problem('not-held', 'This edit has no image that waits to be stored: all of them have ended.')
  for (const [i, index] of (indexes ?? []).entries())
    if (!waiting.includes(index)) {
      const detail = `image ${index} does not wait to be stored; those that do are ${waiting.join(', ')}`
      throw Problem.ofFaults('invalid-request', [{ pointer: `/images/${i}`, detail }])
    }
  return images.map((image) =>
    waits(image) && (indexes ?? waiting).includes(image.index) ? { ...image, givenUp: true } : image,
  )
}

/** When the first address dies of what is still to be stored (epoch ms). */
const firstDeath = (images: readonly Image[]): number =>
  Math.min(...images.filter(waits).map(({ expiresAt = Date.now() }) => expiresAt))
