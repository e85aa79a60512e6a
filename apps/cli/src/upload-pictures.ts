import { readFile } from 'node:fs/promises'
import type { Client } from '@restyle/client/client'
import { inParallel } from './in-parallel.ts'
import { errorCode } from './show/error-code.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/** Uploads each picture that the producer does not have yet. `paths` by SHA-256; `onProgress` counts the pictures done. */
export async function uploadPictures(
  client: Client,
  paths: ReadonlyMap<string, string>,
  onProgress: (done: number) => void,
): Promise<void> {
  let done = 0
  await inParallel([...paths], CONCURRENCY, async ([sha256, path]) => {
    // asked for first, so that a picture which is there already is not read again
    if (!(await client.sources.has(sha256))) await client.sources.put(sha256, await bytesOf(path))
    done += 1
    onProgress(done)
  })
}

const bytesOf = (path: string) =>
  readFile(path).catch((error: unknown) => {
    throw new Stop('input', [`${path} has changed since it was checked (${errorCode(error)})`])
  })
