import { uploadLivesMs } from '@restyle/dashscope/lifetimes'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Edit, Failure } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { sourceKey } from '@restyle/shared/object-key'
import { pictureFormat } from '@restyle/shared/picture-format'
import { installationKey } from '@restyle/shared/store/installation'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { Lane } from '../lane/lane.ts'
import type { Delivery } from './choose-delivery.ts'
import { signedUntil } from './signed-addresses.ts'
import { SourceUnusable } from './source-unusable.ts'
import { type NoteFolder, openVendorUploads } from './vendor-uploads.ts'

/** Addresses that the vendor can open; `until`: the first of them that the edit named is over then (epoch ms, or Infinity). */
export type Ready = { kind: 'ready'; urls: string[]; usesOss: boolean; until: number }

export type Sources =
  | Ready
  /** Not now: `pause` where the account is at fault, `error` where the bucket is. */
  | { kind: 'later'; code: string; message: string; pause: boolean; error?: StoreError }
  /** Its own store refuses this source (`refused`) or is away: nobody else's matter. `place`: its bucket. */
  | { kind: 'trouble'; code: string; message: string; refused: boolean; place: string }
  /** Never: the edit must fail. */
  | { kind: 'unusable'; failure: Failure }

/** Makes addresses at the last moment: one made when the edit was accepted would have aged in the backlog. */
export type SourceAddresses = { of(edit: Edit, lane: Lane): Promise<Sources> }

/** How long a signed address is good: a task may wait in the vendor's own queue before its picture is downloaded. */
const presignedSeconds = 24 * 3600

/** How long an upload is used again: the task that names it last still has twelve hours to download it. */
const uploadReusedMs = uploadLivesMs - 12 * 3600_000

/** A picture that was seen is not looked for again for this long. */
const seenKeptMs = 10 * 60_000

/** The buckets that `s3://` sources may name. */
export type SourceBuckets = {
  /** undefined for one that is not listed. */
  bucketOf: (bucket: string) => Store | undefined
  mayRead: (producer: string, bucket: string, key: string) => boolean
}

/** `noteFolder` hears which folder the uploads of a lane's account are in. */
type Places = SourceBuckets & { noteFolder?: NoteFolder }

export function sourceAddresses(delivery: Delivery, store: Store, buckets: Places): SourceAddresses {
  const vendorUploads = openVendorUploads(buckets.noteFolder)
  const uploads = new Map<string, { url: string; until: number }>()
  const seen = new Map<string, number>()

  /** The vendor would only say, after a task or two, that it cannot open the address. */
  async function mustExist(source: Located, address: string): Promise<void> {
    const name = source.foreign ? address : source.key
    if ((seen.get(name) ?? 0) > Date.now()) return
    const head = await source.store.head(source.key)
    if (head === undefined) throw new SourceMissing(address)
    if (head.archived === true) throw new SourceArchived(address)
    if (seen.size > 10_000) seen.clear()
    seen.set(name, Date.now() + seenKeptMs)
  }

  async function readable(address: string, edit: Edit, lane: Lane): Promise<string> {
    const source = locate(address, edit.producer, store, buckets)
    if (source === undefined) return address
    try {
      return await deliver(source, address, edit, lane)
    } catch (error) {
      if (error instanceof StoreError && (await concernsOnly(source, error, store)))
        throw new SourceUnreadable(address, source.foreign, error)
      throw error
    }
  }

  async function deliver(source: Located, address: string, edit: Edit, lane: Lane): Promise<string> {
    if (delivery === 'presign') {
      await mustExist(source, address)
      return source.store.presignGet(source.key, presignedSeconds)
    }
    if (delivery === 'inline') {
      const bytes = await bytesOf(source, address)
      return `data:${mediaType(bytes)};base64,${bytes.toString('base64')}`
    }
    // what is named by its digest is never replaced
    const version = source.foreign ? await versionOf(source, address) : ''
    const upload = `${lane.account} ${lane.model.id} ${address} ${version}`
    const known = uploads.get(upload)
    if (known !== undefined && known.until > Date.now()) return known.url
    const bytes = await bytesOf(source, address)
    const policy = await lane.client.uploadPolicy(lane.model.id)
    if (policy.kind !== 'policy') throw new Refused(policy)
    const name = `${edit.id}-${source.key.replaceAll(/[^A-Za-z0-9.]/g, '-').slice(-80)}`
    const uploaded = await lane.client.upload(policy.policy, name, bytes)
    if (uploaded.kind !== 'uploaded') throw new Refused(uploaded)
    if (uploads.size > 10_000) uploads.clear()
    // without a version nobody can tell that it was replaced
    if (version !== undefined) uploads.set(upload, { url: uploaded.url, until: Date.now() + uploadReusedMs })
    return uploaded.url
  }

  return {
    of: async (edit, lane) => {
      try {
        const signed = signedUntil(edit.request.images, Date.now())
        const until = Math.min(signed, await vendorUploads.until(edit, lane, Date.now()))
        const urls = await Promise.all(edit.request.images.map((address) => readable(address, edit, lane)))
        return { kind: 'ready', urls, usesOss: urls.some((url) => url.startsWith('oss://')), until }
      } catch (error) {
        return unready(error)
      }
    },
  }
}

function unready(error: unknown): Sources {
  if (error instanceof SourceUnusable) return { kind: 'unusable', failure: error.failure }
  if (error instanceof SourceMissing)
    return { kind: 'unusable', failure: ownFailure('SourceMissing', error.message) }
  if (error instanceof SourceArchived)
    return { kind: 'unusable', failure: ownFailure('SourceUnreadable', error.message) }
  if (error instanceof SourceUnreadable) {
    const { code, kind } = error.cause
    return {
      kind: 'trouble',
      code,
      message: error.message,
      refused: kind !== 'transient',
      place: error.place,
    }
  }
  if (error instanceof Refused) {
    const { code, message, action } = error.answer
    if (action === 'refused') return { kind: 'unusable', failure: { code, message } }
    return { kind: 'later', code, message, pause: action === 'pauseLane' }
  }
  if (!(error instanceof StoreError)) throw error
  const { code, message, kind } = error
  if (kind === 'refused') return { kind: 'unusable', failure: ownFailure('SourceUnreadable', message) }
  return { kind: 'later', code, message, pause: false, error }
}

/** Where a picture is; `foreign`: in a bucket that is not the installation's own. */
type Located = { store: Store; key: string; foreign: boolean }

function locate(
  address: string,
  producer: string,
  store: Store,
  { bucketOf, mayRead }: SourceBuckets,
): Located | undefined {
  if (address.startsWith('sha256:'))
    return { store, key: sourceKey(producer, address.slice('sha256:'.length)), foreign: false }
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? []
  if (bucket === '') return undefined
  const opened = mayRead(producer, bucket, key) ? bucketOf(bucket) : undefined
  if (opened === undefined) throw new SourceMissing(address)
  return { store: opened, key, foreign: true }
}

class SourceMissing extends Error {
  constructor(address: string) {
    super(
      `the source ${address} cannot be read: it is not there, or RESTYLE_SOURCE_BUCKETS does not list its place for this producer`,
    )
  }
}

class SourceArchived extends Error {
  constructor(address: string) {
    super(`the source ${address} cannot be read: it is archived, and must be restored first`)
  }
}

class SourceUnreadable extends Error {
  override readonly cause: StoreError
  readonly place: string
  constructor(address: string, foreign: boolean, cause: StoreError) {
    super(
      `the source ${address} cannot be read: its bucket answers ${cause.code}. The workers' key needs to get and list there`,
    )
    this.cause = cause
    this.place = foreign ? address.split('/', 3).join('/') : 'sources/'
  }
}

/** Whether an error is this source's own matter, and not that of `own`, the bucket of images and receipts. */
async function concernsOnly({ foreign }: Located, { kind }: StoreError, own: Store): Promise<boolean> {
  // such as an archived object: asking again will not help
  if (kind === 'refused') return false
  if (foreign) return true
  // ours: it may refuse this one object, or all of them
  return (
    kind === 'bucket' &&
    (await own.head(installationKey).then(
      () => true,
      () => false,
    ))
  )
}

async function bytesOf({ store, key }: Located, address: string): Promise<Buffer> {
  const bytes = await store.get(key)
  if (bytes === undefined) throw new SourceMissing(address)
  return bytes
}

/** Another version is another picture under the same name. */
async function versionOf({ store, key }: Located, address: string): Promise<string | undefined> {
  const head = await store.head(key)
  if (head === undefined) throw new SourceMissing(address)
  return head.etag
}

/** The vendor's temporary store did not take a picture. */
class Refused extends Error {
  readonly answer: Unanswered
  constructor(answer: Unanswered) {
    super(answer.code)
    this.answer = answer
  }
}

function mediaType(bytes: Buffer): string {
  const format = pictureFormat(bytes)
  return format === undefined ? 'application/octet-stream' : `image/${format}`
}
