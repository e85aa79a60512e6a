import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { limits } from '@restyle/shared/contract/limits'
import { readSourceAddress } from '@restyle/shared/net/source-address'
import { mayRead, type SourceBucket } from '@restyle/shared/store/source-buckets'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import { type Dispatcher, request } from 'undici'

/** Where manifests come from. `bucketOf`: a bucket that `places` list; `dispatcher`: reaches public addresses only. */
export type ManifestSources = {
  places: readonly SourceBucket[]
  bucketOf: (bucket: string) => Pick<Store, 'get' | 'head'>
  dispatcher: Dispatcher
}

/**
 * A manifest as it was at one moment, in a file of its own; `folder` is where its relative pictures begin. `faulty`: it
 * cannot be had, and why, as a sentence.
 */
export type Fetched =
  | { kind: 'fetched'; path: string; folder: string; close: () => Promise<void> }
  | { kind: 'faulty'; detail: string }

const mostBytes = limits.manifestBytes

/** Reads a manifest into a temporary file. Throws what the bucket throws while it is away. */
export async function fetchManifest(
  address: string,
  producer: string,
  sources: ManifestSources,
  signal: AbortSignal,
): Promise<Fetched> {
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
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address) ?? []
  const absent = `${address} cannot be read: it is not there, or RESTYLE_SOURCE_BUCKETS does not list its place for this producer`
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
    // what the store refuses it refuses the next time too
    if (error instanceof StoreError && error.kind !== 'transient')
      return `${address} cannot be read: the store says ${error.code}`
    throw error
  }
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
