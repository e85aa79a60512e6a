import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import { inParallel } from './in-parallel.ts'
import { errorCode } from './show/error-code.ts'
import { faultLines } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/** The producer's refusals of one picture; anything else is not about the picture. */
const aboutPicture: readonly string[] = ['not-a-picture', 'digest-mismatch', 'too-large']

/**
 * Uploads each picture that the producer does not have yet. `paths` by SHA-256, absolute; `onProgress` counts the
 * pictures done. Stops with every picture that was refused, by its path from `folder`.
 */
export async function uploadPictures(
  client: Client,
  paths: ReadonlyMap<string, string>,
  folder: string,
  onProgress: (done: number) => void,
): Promise<void> {
  let done = 0
  const refused = await inParallel([...paths], CONCURRENCY, async ([sha256, path]) => {
    const fault = await upload(client, sha256, path)
    done += 1
    onProgress(done)
    return fault === undefined ? [] : [{ where: relative(folder, path), detail: fault }]
  })
  const faults = refused.flat()
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
}

/** Why the picture was refused, or undefined. */
async function upload(client: Client, sha256: string, path: string): Promise<string | undefined> {
  // asked for first, so that a picture which is there already is not read again
  if (await client.sources.has(sha256)) return undefined
  const bytes = await readFile(path).catch(errorCode)
  if (typeof bytes === 'string') return `has changed since it was checked (${bytes})`
  try {
    await client.sources.put(sha256, bytes)
    return undefined
  } catch (error) {
    if (error instanceof ApiError && aboutPicture.includes(error.code)) return error.message
    throw error
  }
}
