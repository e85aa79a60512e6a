import { relative } from 'node:path'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { LocalPicture } from '@restyle/manifest/check-row'
import { openKeyIndex } from '@restyle/shared/key-index'
import { inOrder } from '@restyle/shared/in-order'
import { bytesOf } from './picture/picture-bytes.ts'
import { errorCode } from './show/error-code.ts'
import { faultLines, mostFaults, type Fault } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/** The producer's refusals of one picture; anything else is not about the picture. */
const aboutPicture: readonly string[] = ['not-a-picture', 'digest-mismatch', 'too-large']

/**
 * Uploads each picture that the producer does not have yet, once. `onProgress` counts the pictures done. Stops with every
 * picture that was refused, by its path from `folder`.
 */
export async function uploadPictures(
  client: Client,
  pictures: AsyncIterable<LocalPicture> | Iterable<LocalPicture>,
  folder: string,
  onProgress: (done: number) => void,
): Promise<void> {
  const faults: Fault[] = []
  let [done, refused] = [0, 0]
  const uploads = inOrder(distinct(pictures), CONCURRENCY, async (picture) => {
    const detail = await upload(client, picture)
    done += 1
    onProgress(done)
    return detail === undefined ? undefined : { where: relative(folder, picture.path), detail }
  })
  for await (const fault of uploads) {
    if (fault === undefined) continue
    refused += 1
    if (faults.length < mostFaults) faults.push(fault)
  }
  if (refused > 0) throw new Stop('input', faultLines(faults, refused))
}

async function* distinct(
  pictures: AsyncIterable<LocalPicture> | Iterable<LocalPicture>,
): AsyncGenerator<LocalPicture> {
  const known = openKeyIndex()
  for await (const picture of pictures) if (known.claim(picture.sha256, 0) === undefined) yield picture
}

/** Why the picture was refused, or undefined. */
async function upload(client: Client, picture: LocalPicture): Promise<string | undefined> {
  const { sha256 } = picture
  // asked for first, so that a picture which is there already is not read again
  if (await client.sources.has(sha256)) return undefined
  const bytes = await bytesOf(picture).catch(errorCode)
  if (bytes === undefined) return 'has changed since it was checked'
  if (typeof bytes === 'string') return `has changed since it was checked (${bytes})`
  try {
    await client.sources.put(sha256, bytes)
    return undefined
  } catch (error) {
    if (error instanceof ApiError && aboutPicture.includes(error.code)) return error.message
    throw error
  }
}
