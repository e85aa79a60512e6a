import type { ResultView } from '@restyle/shared/contract/result'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'

/** How long signed addresses may live, in seconds: S3 signs for no more than a week. */
export const linkSeconds = { least: 60, most: 7 * 24 * 3600 }

type Images = ResultView['images']

/** Images with addresses that open them for so many seconds. Nothing is asked of the bucket. */
export async function signImages(
  images: Images,
  seconds: number,
  { store, now }: { store: Pick<Store, 'presignGet'>; now: () => number },
): Promise<Images> {
  const turn = openTurns()
  const signed: Images = []
  for (const image of images) {
    await turn()
    const urlExpiresAt = new Date(now() + seconds * 1000).toISOString()
    signed.push(
      image.key === undefined
        ? image
        : { ...image, url: await store.presignGet(image.key, seconds), urlExpiresAt },
    )
  }
  return signed
}
