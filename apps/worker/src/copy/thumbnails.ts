import { createHash } from 'node:crypto'
import { thumbnailKey } from '@restyle/shared/object-key'
import {
  type SmallPixels,
  type Thumbnail,
  thumbnailOf,
  thumbnailSides,
} from '@restyle/shared/picture/thumbnail'
import { withTimeout } from '@restyle/shared/with-timeout'
import type { HandContext } from '../hand/step.ts'

/*
 * Small pictures of images, beside their copies. They cost nobody anything: an image that is paid for never waits for its
 * small picture, and is never copied again for its sake. One that fails, comes late or is one too many is left out, and made by
 * the producer when somebody looks at it.
 */

/** The small picture of an image that is being stored. */
export type SmallPicture = {
  /** The image of that digest is in the bucket: its small picture follows in the background. Gives what the record says of it. */
  stored(sha256: string): Promise<{ thumbhash?: string }>
}

export type Thumbnails = {
  /** Whether one may be made now, which counts it. */
  mayMake(): boolean
  /** Begins to make it. */
  begin(editId: string, index: number, pixels: SmallPixels | undefined): SmallPicture
  /** Waits for those that are being stored. */
  close(): Promise<void>
}

/**
 * A worker makes `perSecond` at most, and `burst` at once: one costs up to 10 ms of CPU, and a PUT. `makeMs`: for how long an edit
 * whose images are stored waits for the stand-in of one, where the processor has too much to do.
 */
export type ThumbnailPace = { perSecond: number; burst: number; makeMs: number }

/** 200 lanes of the usual quota do not reach it. */
export const usualThumbnails: ThumbnailPace = { perSecond: 5, burst: 30, makeMs: 2_000 }

/** How many are being stored at a time, and for how long one may be (ms). */
const [mostStoring, storeMs] = [4, 10_000]
const side = thumbnailSides[0]

/** `monotonic`: ms of a clock that never goes back. */
export function openThumbnails(
  { store, log }: Pick<HandContext, 'store' | 'log'>,
  { perSecond, burst, makeMs }: ThumbnailPace = usualThumbnails,
  monotonic: () => number = () => performance.now(),
): Thumbnails {
  let [left, filledAt] = [burst, monotonic()]
  const storing = new Set<Promise<void>>()
  const leaveOut = (editId: string, index: number, why: unknown): void =>
    log.debug({ editId, index, why }, 'small picture was left out')

  const keep = (editId: string, index: number, of: string, { bytes }: Thumbnail): void => {
    if (storing.size >= mostStoring) return leaveOut(editId, index, 'others are being stored')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const key = thumbnailKey(editId, { what: 'image', index, of }, side)
    const facts = { contentType: 'image/webp', sha256 }
    const put = store
      .putIfAbsent(key, bytes, facts, AbortSignal.timeout(storeMs))
      .then(
        () => {},
        (error: unknown) => leaveOut(editId, index, error),
      )
      .finally(() => storing.delete(put))
    storing.add(put)
  }

  return {
    mayMake: () => {
      const now = monotonic()
      left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
    begin: (editId, index, pixels) => {
      if (pixels === undefined) return { stored: async () => ({}) }
      const making = withTimeout(makeMs, thumbnailOf(pixels)).catch((error: unknown) =>
        leaveOut(editId, index, error),
      )
      return {
        stored: async (of) => {
          const made = await making
          if (made === undefined) return {}
          keep(editId, index, of, made)
          return { thumbhash: made.thumbhash }
        },
      }
    },
    close: async () => void (await Promise.all(storing)),
  }
}
