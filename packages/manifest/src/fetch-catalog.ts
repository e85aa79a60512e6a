import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { shown, type ManifestFault } from './manifest.ts'
import { bucketAddress, ObjectFault, type ObjectReader } from './object-reader.ts'
import { endings } from './open-manifest.ts'

const { fetchedBytes, listedObjects } = catalogLimits

/** A catalog in a bucket as it was at one moment, in a file of its own, which is removed at the end. */
export type FetchedCatalog =
  | ({ kind: 'fetched'; catalog: Pick<Catalog, 'path' | 'folder' | 'listing'> } & AsyncDisposable)
  | { kind: 'unfit'; fault: ManifestFault }

/**
 * Fetches what an `s3://` address names: the catalog whose ending it has, else the list of what is in that folder; with a star at
 * the end, of what begins like that. Rows that are read later, and again, are those of this moment.
 */
export async function fetchCatalog(address: string, objects: ObjectReader): Promise<FetchedCatalog> {
  const parts = bucketAddress(address)
  if (parts === undefined)
    return { kind: 'unfit', fault: { where: shown(address), detail: 'is no address: write s3://bucket/key' } }
  const dir = await mkdtemp(join(tmpdir(), 'restyle-catalog-'))
  const dispose = () => rm(dir, { recursive: true, force: true })
  try {
    const { bucket, key } = parts
    const fetched = endings.includes(extname(key).toLowerCase())
      ? await fetchFile(dir, `s3://${bucket}/`, key, objects)
      : await fetchListing(dir, `s3://${bucket}/`, key, objects)
    return { kind: 'fetched', catalog: fetched, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    if (!(error instanceof ObjectFault)) throw error
    return { kind: 'unfit', fault: { where: shown(address), detail: error.detail } }
  }
}

async function fetchFile(dir: string, root: string, key: string, objects: ObjectReader) {
  const path = join(dir, safeName(key))
  const file = await open(path, 'wx')
  try {
    let bytes = 0
    for await (const piece of await objects.open(`${root}${key}`)) {
      bytes += piece.length
      if (bytes > fetchedBytes) throw new ObjectFault(`has more than ${fetchedBytes} bytes; split it`)
      await file.write(piece)
    }
  } finally {
    await file.close()
  }
  return { path, folder: `${root}${key.slice(0, key.lastIndexOf('/') + 1)}` }
}

/** Messages name the file, so it keeps its name where that can be one here. */
const safeName = (key: string): string => {
  const name = basename(key)
  return Buffer.byteLength(name) <= 200 && !/\p{Cc}/u.test(name) ? name : `catalog${extname(name)}`
}

/** Lines of a listing are written together. */
const linesPerWrite = 1_000

async function fetchListing(dir: string, root: string, key: string, objects: ObjectReader) {
  const starred = key.endsWith('*')
  // what begins like a folder is not in it: photos-old/ is not photos/
  const prefix = starred ? key.slice(0, -1) : key === '' || key.endsWith('/') ? key : `${key}/`
  const path = join(dir, 'listing')
  const file = await open(path, 'wx')
  let count = 0
  try {
    let lines: string[] = []
    for await (const object of objects.list(`${root}${prefix}`)) {
      count += 1
      if (count > listedObjects)
        throw new ObjectFault(`holds more than ${listedObjects} objects; name a folder in it`)
      lines.push(`${JSON.stringify(object)}\n`)
      if (lines.length < linesPerWrite) continue
      await file.write(lines.join(''))
      lines = []
    }
    await file.write(lines.join(''))
  } finally {
    await file.close()
  }
  if (count === 0) {
    const more = starred || key === '' || key.endsWith('/') ? '' : `; all that begins so is ${root}${key}*`
    throw new ObjectFault(`does not exist, or nothing is in it${more}`)
  }
  return { path, folder: `${root}${prefix.slice(0, prefix.lastIndexOf('/') + 1)}`, listing: true }
}
