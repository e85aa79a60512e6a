import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PictureReader } from '@restyle/manifest/check-row'
import { startBytes } from '@restyle/shared/picture/file-kind'
import { preparePicture } from '@restyle/shared/picture/prepare-picture'
import { readPicture as judge, type PictureFile } from '@restyle/shared/picture/read-picture'
import type { Fit } from '@restyle/shared/picture/fitted-size'
import { errorCode } from '../show/error-code.ts'
import { openFinder } from './find-file.ts'
import { nearText } from './near-names.ts'

type Reading = ReturnType<PictureReader>

const missing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ERR_INVALID_ARG_VALUE']

/** How pictures are made ready for a model; undefined: they are sent as they are. */
export type Preparing = { background: string } | undefined

/**
 * Reads a picture and its digest by the rule that the producer has too. With `preparing` it is made to fit the limits, and
 * the digest is that of what was made (`bytesOf` makes it again). `within`: the folder that must hold it, after links
 * are followed. A fault continues after its name: `is a text file, not a picture`.
 */
export async function readPicture(
  path: string,
  { fit, preparing, within }: { fit: Fit; preparing: Preparing; within?: string | undefined },
): Reading {
  try {
    const { size, fault } = await lookAt(path, within)
    if (fault !== undefined) return { kind: 'fault', detail: fault }
    const file = { path, start: await startOf(path), bytes: size }
    return preparing === undefined ? await asItIs(file) : await ready(file, fit, preparing)
  } catch (error) {
    const code = errorCode(error)
    return { kind: 'fault', detail: missing.includes(code) ? 'does not exist' : `cannot be read (${code})` }
  }
}

async function asItIs(file: PictureFile): Reading {
  const read = await judge(file)
  if (read.kind === 'fault') return read
  const { path } = file
  return { kind: 'picture', local: { path, picture: read.picture, sha256: await sha256Of(path) } }
}

async function ready(file: PictureFile, fit: Fit, { background }: Exclude<Preparing, undefined>): Reading {
  const read = await preparePicture(file, fit, background)
  if (read.kind === 'fault') return read
  const { path } = file
  const { picture } = read
  const own = await sha256Of(path)
  if (read.kind === 'picture') return { kind: 'picture', local: { path, picture, sha256: own } }
  const prepared = { of: own, changes: read.changes, fit, background }
  return { kind: 'picture', local: { path, picture, sha256: digestOf(read.bytes), prepared } }
}

async function lookAt(path: string, within: string | undefined): Promise<{ size: number; fault?: string }> {
  const found = await stat(path)
  const { size } = found
  if (found.isDirectory()) return { size, fault: 'is a folder, not a picture' }
  if (!found.isFile()) return { size, fault: 'is not a regular file' }
  if (within !== undefined && (await leadsOutside(path, within))) return { size, fault: leadsOut(within) }
  return { size }
}

/** Readings that are kept: a catalog may name a million pictures. */
const remembered = 100_000

/**
 * Reads pictures relative to `folder`, each path once even if several rows name it soon after another. A name that is written in another way
 * than the file's (slashes, case, composed characters) is taken for the one file that it can mean.
 */
export function pictureReader(folder: string, preparing: Preparing, within?: string): PictureReader {
  const known = new Map<string, Reading>()
  const find = openFinder(folder)
  const once = (absolute: string, fit: Fit, read: () => Reading): Reading => {
    // two models may have other limits
    const id = `${absolute}\n${preparing === undefined ? '' : JSON.stringify(fit)}`
    const reading = known.get(id) ?? read()
    // a Map keeps the order of insertion: deleted and set again, the reading is the newest
    known.delete(id)
    known.set(id, reading)
    const oldest = known.size > remembered ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    return reading
  }
  return (path, fit) => {
    const absolute = resolve(folder, path)
    const options = { fit, preparing, within }
    return once(absolute, fit, async () => {
      if (await exists(absolute)) return readPicture(absolute, options)
      const found = await find(path)
      if (found.kind === 'near') return { kind: 'fault', detail: `does not exist${nearText(found.names)}` }
      return found.path === absolute
        ? { kind: 'fault', detail: 'does not exist' }
        : once(found.path, fit, () => readPicture(found.path, options))
    })
  }
}

/** Only looks whether pictures are there, relative to `folder` and within it; once for each of the paths that were named last. */
export function pictureFinder(folder: string): PictureReader {
  const find = openFinder(folder)
  const root = realpath(folder)
  // waited for where a picture is looked for
  root.catch(() => undefined)
  const known = new Map<string, Reading>()
  const look = async (path: string): Reading => {
    try {
      const { fault } = await lookAt(path, undefined)
      if (fault !== undefined) return { kind: 'fault', detail: fault }
      return isOutside(await root, await realpath(path))
        ? { kind: 'fault', detail: leadsOut(folder) }
        : { kind: 'unseen' }
    } catch (error) {
      const code = errorCode(error)
      return { kind: 'fault', detail: missing.includes(code) ? notThere : `cannot be read (${code})` }
    }
  }
  const lookFor = async (path: string, absolute: string): Reading => {
    const looked = await look(absolute)
    if (looked.kind !== 'fault' || looked.detail !== notThere) return looked
    const found = await find(path)
    return found.kind === 'found'
      ? look(found.path)
      : { kind: 'fault', detail: `${notThere}${nearText(found.names)}` }
  }
  return (path) => {
    const absolute = resolve(folder, path)
    const looked = known.get(absolute) ?? lookFor(path, absolute)
    if (known.size === remembered) known.clear()
    known.set(absolute, looked)
    return looked
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => !missing.includes(errorCode(error)),
  )

async function leadsOutside(path: string, within: string): Promise<boolean> {
  return isOutside(await realpath(within), await realpath(path))
}

/** Both without links. */
function isOutside(root: string, path: string): boolean {
  const way = relative(root, path)
  return isAbsolute(way) || way.split(/[\\/]/)[0] === '..'
}

const notThere = 'does not exist'
const leadsOut = (within: string): string => `leads outside ${within}; allow another folder with --pictures`

/** The first bytes of a file, by which its kind is judged. */
export async function startOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
