import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { LocalPicture } from '@restyle/manifest/check-row'
import { preparePicture } from '@restyle/shared/picture/prepare-picture'
import { startOf } from './read-picture.ts'

/**
 * The bytes of a picture as they are to be sent. What was prepared is prepared once more, since a catalog's pictures
 * together are larger than a disk for temporary files. Undefined where it is no longer what was checked.
 */
export async function bytesOf({ path, sha256, prepared }: LocalPicture): Promise<Buffer | undefined> {
  if (prepared === undefined) return readFile(path)
  const file = { path, start: await startOf(path), bytes: (await stat(path)).size }
  const again = await preparePicture(file, prepared.fit, prepared.background)
  if (again.kind !== 'prepared') return undefined
  return createHash('sha256').update(again.bytes).digest('hex') === sha256 ? again.bytes : undefined
}
