import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Api } from '../api/api.ts'
import { errorCode } from '../error-code.ts'
import { inParallel } from '../in-parallel.ts'
import { Stop } from '../stop.ts'

const AT_ONCE = 4

const Source = z.object({ image: z.string() })

/** Brings each picture to the producer unless it is there already; says how many had to be sent. `paths` by SHA-256. */
export async function uploadPictures(
  api: Api,
  paths: ReadonlyMap<string, string>,
  onProgress: (done: number) => void,
): Promise<number> {
  let done = 0
  const sent = await inParallel([...paths], AT_ONCE, async ([sha256, path]) => {
    const address = `/v1/sources/${sha256}`
    const there = await api.has(address)
    if (!there)
      await api.call('PUT', address, Source, {
        body: await readFile(path).catch((error: unknown) => {
          throw new Stop('input', [`${path} has changed since it was checked (${errorCode(error)})`])
        }),
        headers: { 'content-type': 'application/octet-stream' },
      })
    done += 1
    onProgress(done)
    return there ? 0 : 1
  })
  return sent.reduce<number>((sum, each) => sum + each, 0)
}
