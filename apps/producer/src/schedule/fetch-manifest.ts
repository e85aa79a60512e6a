import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { fetchCatalog } from '@restyle/manifest/fetch-catalog'
import { endings } from '@restyle/manifest/open-manifest'
import { limits } from '@restyle/shared/contract/limits'
import { readSourceAddress } from '@restyle/shared/net/source-address'
import { mayRead, type SourceBucket } from '@restyle/shared/store/source-buckets'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import { type Dispatcher, request } from 'undici'

/** Where manifests come from. `bucketOf`: a bucket that `places` list; `dispatcher`: reaches public addresses only. */
export type ManifestSources = {
  places: readonly SourceBucket[]
  bucketOf: (bucket: string) => Pick<Store, 'get' | 'head' | 'list'>
  dispatcher: Dispatcher
}

/**
 * A manifest as it was at one moment, in a file of its own; `folder` is where its relative pictures begin; `listing`: it is the
 * list of a folder. `faulty`: it cannot be had, and why, as a sentence.
 */
export type Fetched =
  | { kind: 'fetched'; path: string; folder: string; listing?: true; close: () => Promise<void> }
  | { kind: 'faulty'; detail: string }

const mostBytes = limits.manifestBytes

/** Reads a manifest into a temporary file. Throws what the bucket throws while it is away. */
export async function fetchManifest(
  address: string,
  producer: string,
  sources: ManifestSources,
  signal: AbortSignal,
): Promise<Fetched> {
  const { bucket, key } = partsOf(address)
  if (bucket !== undefined && isFolder(key)) return fetchFolder(address, producer, sources, signal)
  const dir = await mkdtemp(join(tmpdir(), 'restyle-manifest-'))
  const path = join(dir, nameOf(address))
  const dispose = (): Promise<void> => rm(dir, { recursive: true, force: true })
  const folder = address.slice(0, address.replace(/[?#].*$/, '').lastIndexOf('/') + 1)
  try {
    const detail = address.startsWith('s3://')
      ? await fromBucket(address, producer, path, sources)
      : await fromWeb(address, path, sources, signal)
    if (detail === undefined) return { kind: 'fetched', path, folder, close: dispose }
    await dispose()
    return { kind: 'faulty', detail }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Messages name the file; what no file should be called is called catalog. */
function nameOf(address: string): string {
  const name = basename(address.replace(/[?#].*$/, ''))
  return /^\w[\w.-]{0,99}$/.test(name) ? name : `catalog${/^\.\w{1,8}$/.exec(extname(name))?.[0] ?? ''}`
}

async function fromBucket(
  address: string,
  producer: string,
  path: string,
  { places, bucketOf }: ManifestSources,
): Promise<string | undefined> {
  const { bucket = '', key } = partsOf(address)
  const absent = absentAt(address)
  if (!mayRead(places, producer, bucket, key)) return absent
  const store = bucketOf(bucket)
  try {
    const head = await store.head(key)
    if (head === undefined) return absent
    if (head.bytes > mostBytes) return tooLarge(address)
    const bytes = await store.get(key)
    if (bytes === undefined) return absent
    await writeFile(path, bytes)
    return undefined
  } catch (error) {
    return refusedBy(error, address)
  }
}

/** A folder of pictures, as it is listed now. */
async function fetchFolder(
  address: string,
  producer: string,
  { places, bucketOf }: ManifestSources,
  signal: AbortSignal,
): Promise<Fetched> {
  const { bucket = '', key } = partsOf(address)
  if (!mayRead(places, producer, bucket, folderOf(key))) return { kind: 'faulty', detail: absentAt(address) }
  try {
    const fetched = await fetchCatalog(address, {
      list: async function* (prefix, after) {
        const more = after === undefined ? {} : { after }
        for await (const { key: name, bytes } of bucketOf(bucket).list(partsOf(prefix).key, more)) {
          signal.throwIfAborted()
          yield { key: name, bytes }
        }
      },
      open: () => Promise.reject(new TypeError('a folder is listed')),
    })
    if (fetched.kind === 'unfit') return { kind: 'faulty', detail: `${address} ${fetched.fault.detail}` }
    const { path, folder = '' } = fetched.catalog
    const close = async () => fetched[Symbol.asyncDispose]()
    return { kind: 'fetched', path, folder, listing: true, close }
  } catch (error) {
    return { kind: 'faulty', detail: refusedBy(error, address) }
  }
}

const partsOf = (address: string): { bucket?: string; key: string } => {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address) ?? []
  return bucket === undefined ? { key } : { bucket, key }
}

/** Whether an `s3://` address names pictures, and not a catalog of them. */
const isFolder = (key: string): boolean => !endings.includes(extname(key).toLowerCase())

/** How all keys begin that an address of pictures names. */
function folderOf(key: string): string {
  if (key.endsWith('*')) return key.slice(0, -1)
  return key === '' || key.endsWith('/') ? key : `${key}/`
}

/** What may be read of a manifest in a bucket: the object, or all that lies in a folder. */
export function placeOfManifest(address: string): { bucket: string; key: string } {
  const { bucket = '', key } = partsOf(address)
  return { bucket, key: isFolder(key) ? folderOf(key) : key }
}

const absentAt = (address: string): string =>
  `${address} cannot be read: it is not there, or RESTYLE_SOURCE_BUCKETS does not list its place for this producer`

/** What the store refuses it refuses the next time too; throws anything else. */
function refusedBy(error: unknown, address: string): string {
  if (error instanceof StoreError && error.kind !== 'transient')
    return `${address} cannot be read: the store says ${error.code}`
  throw error
}

const [webTimeoutMs, mostRedirects] = [60_000, 3]

/** A query may hold a signature. */
const said = (address: string): string => address.replace(/[?#].*$/, '')

async function fromWeb(
  address: string,
  path: string,
  { dispatcher }: ManifestSources,
  signal: AbortSignal,
): Promise<string | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(webTimeoutMs)])
  let url = address
  try {
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      const read = readSourceAddress(url)
      if (read.kind === 'fault') return `${said(address)} ${read.detail}`
      const { statusCode, headers, body } = await request(url, { dispatcher, signal: within })
      const location = headers['location']
      if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
        await body.dump()
        url = new URL(location, url).href
        if (!url.startsWith('https://')) return `${said(address)} leads to an address that is not https://`
        continue
      }
      if (statusCode !== 200) {
        await body.dump()
        return `${said(address)} cannot be read: it answers ${statusCode}`
      }
      return await toFile(body, path, address)
    }
    return `${said(address)} leads from one address to another`
  } catch (error) {
    if (signal.aborted) throw error
    return `${said(address)} cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function toFile(
  body: AsyncIterable<Buffer>,
  path: string,
  address: string,
): Promise<string | undefined> {
  const file = await open(path, 'wx')
  try {
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > mostBytes) return tooLarge(address)
      await file.write(chunk)
    }
    return undefined
  } finally {
    await file.close()
  }
}

const tooLarge = (address: string): string =>
  `${said(address)} has more than ${mostBytes / 1024 ** 2} MiB: split it`
