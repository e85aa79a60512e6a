import type { Failure, Image } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'

/** How an edit ends whose images are all settled: with those that were stored, or with why none could be. */
export type EndOfImages = { state: 'succeeded' } | { state: 'failed'; failure: Failure }

/** How the edit ends; undefined while an image is still to be copied. */
export function endOfImages(images: readonly Image[]): EndOfImages | undefined {
  if (images.some(({ stored, failure }) => stored === undefined && failure === undefined)) return undefined
  if (images.some(({ stored }) => stored !== undefined)) return { state: 'succeeded' }
  return { state: 'failed', failure: whyNone(images.flatMap(({ failure }) => failure ?? [])) }
}

/**
 * The failure that all images share. Where they differ it is the first one's code, which is that of an image that was
 * rendered, and the message counts them all.
 */
function whyNone(failures: readonly Failure[]): Failure {
  const [first = ownFailure('NoImages', 'the task has no image')] = failures
  const codes = [...new Set(failures.map(({ code }) => code))]
  if (codes.length <= 1) return first
  const counted = codes.map((code) => `${failures.filter((each) => each.code === code).length} ${code}`)
  return { code: first.code, message: `no image could be stored: ${counted.join(', ')}` }
}
