import { createHash } from 'node:crypto'
import { urlLivesMs } from '@restyle/dashscope/lifetimes'
import type { Edit, Failure, Image, StoredImage } from '@restyle/shared/contract/edit'
import { type FailureCode, ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import { collisionKey, imageKey } from '@restyle/shared/object-key'
import type { PutOutcome } from '@restyle/shared/store/create-object'
import type { ObjectFacts } from '@restyle/shared/store/put-object'
import { StoreError } from '@restyle/shared/store/store-error'
import { ownImages, provenanceOf } from '../hand/own-images.ts'
import type { HandContext, Step } from '../hand/step.ts'
import { pauseBucket } from '../lane/pause.ts'
import type { CheckedImage, checkImage } from './check-image.ts'
import { copyAgainMs, triedForMs } from './copy-again.ts'
import { endOfImages } from './end-of-images.ts'
import type { FetchImage } from './fetch-image.ts'
import type { PrivateResults } from './private-results.ts'
import type { Spill } from './spill.ts'
import type { Thumbnails } from './thumbnails.ts'

/*
 * Copies rendered images into the bucket before their addresses expire. They are paid for: rendered and stored are two
 * states, and a bucket that is away delays the second. This hand never overwrites an object and never submits.
 *
 * 1. Download as long as bytes come, up to a share of the address's life and a byte cap, from public addresses only.
 * 2. Check that it is one whole picture: what is stored is what was paid for, not an error page.
 * 3. Put it under a key that depends on the edit alone, if and only if nothing is there. If something is, the same hash
 *    means that somebody was faster. Another hash is an alarm, and the image goes to a key of its own.
 * 4. When every image is stored, or never can be, the edit ends (end-of-images.ts says how).
 *
 * While the bucket is away, an image whose address is about to expire waits on disk.
 */

export type CopyTools = HandContext & {
  fetchImage: FetchImage
  privateResults: PrivateResults
  keyTemplate: string
  checkImage: typeof checkImage
  thumbnails: Thumbnails
  /** Where an image waits whose address expires within `spillBeforeMs` while the bucket is away; absent without a folder. */
  spill?: Spill | undefined
  spillBeforeMs: number
  /** How long after its address died an image is waited for that another machine keeps. */
  spillWaitMs: number
  /** The name of this machine. */
  host: string
}

const hourMs = 3600_000

type Copied =
  | { kind: 'stored'; stored: StoredImage }
  | { kind: 'never'; failure: Failure }
  | { kind: 'later'; why: string; spilledTo?: string }

/** Copies what is still missing of a rendered edit, and ends it when nothing is. */
export async function copy(edit: Edit, tools: CopyTools): Promise<Step> {
  const { ledger, log, random } = tools
  const pending = (edit.images ?? []).filter(
    ({ stored, failure }) => stored === undefined && failure === undefined,
  )
  const results = await Promise.all(pending.map((image) => copyOrFind(edit, image, tools)))

  const done = new Map(pending.map((image, i) => [image.index, results[i]]))
  const images = (edit.images ?? []).map((image) => settled(image, done.get(image.index)))
  const stored = results.filter((result) => result.kind === 'stored').length
  const end = endOfImages(images)
  if (end !== undefined) {
    const ended = await endEdit(edit, { ...end, images, stored }, tools)
    await dropStored(ended.edit, pending, tools)
    return ended
  }
  const expiresAt = soonest(images)
  const moved = await moveOrReread(edit, { to: 'rendered', set: { images }, stored, expiresAt }, ledger)
  await dropStored(moved.edit, pending, tools)
  if (moved.kind !== 'moved') return moved
  const left = results.flatMap((result) => (result.kind === 'later' ? [result.why] : []))
  log.warn({ editId: edit.id, left }, 'images could not be copied yet')
  const now = Date.now()
  const inMs = copyAgainMs(triedForMs(edit, now), nextDeath(images, now) - now, random())
  return { edit: moved.edit, inMs }
}

/** Only what the ledger knows to be in the bucket leaves this machine's disk. */
async function dropStored(edit: Edit, were: readonly Image[], { spill }: CopyTools): Promise<void> {
  if (spill === undefined) return
  for (const { index } of were)
    if (edit.images?.find((image) => image.index === index)?.stored !== undefined)
      await spill.drop(edit.id, index)
}

/** Nothing is given up before the bucket was asked: a process may have died after it stored the image. */
async function copyOrFind(edit: Edit, image: Image, tools: CopyTools): Promise<Copied> {
  const copied = await copyImage(edit, image, tools)
  if (copied.kind === 'stored' || (copied.kind === 'later' && image.givenUp !== true)) return copied
  try {
    const [own] = await ownImages(tools, edit, [image.index])
    if (own === undefined) {
      if (image.givenUp === true) return letGo(edit, image, tools)
      return image.spilledTo === undefined ? copied : awaitMachine(edit, image, image.spilledTo, tools)
    }
    const code = copied.kind === 'never' ? copied.failure.code : copied.why
    tools.log.warn(
      { editId: edit.id, index: image.index, code },
      'image is lost at its address, and in the bucket already',
    )
    return { kind: 'stored', stored: own.stored }
  } catch (error) {
    return later(error, tools)
  }
}

async function copyImage(edit: Edit, image: Image, tools: CopyTools): Promise<Copied> {
  const { fetchImage, spill, log } = tools
  const spilled = await spill?.find(edit.id, image.index)
  if (spilled !== undefined) return check(edit, image, spilled, tools)
  const expired = (image.expiresAt ?? 0) <= Date.now()
  const file = await fetchImage(edit.id, image)
  if (file.kind === 'bytes') {
    await tools.failpoint('downloaded', edit.id)
    await tools.privateResults.came(edit, tools)
    const copied = await check(edit, image, file.bytes, tools)
    return copied.kind === 'later'
      ? { ...copied, ...(await spillIfLate(edit, image, file.bytes, tools)) }
      : copied
  }
  const { code, detail, hint } = file
  const facts = { editId: edit.id, index: image.index, code, detail, hint }
  if (file.kind === 'refused' && (await tools.ledger.turn(`alarm:refused:${edit.id}`, hourMs)))
    log.error(facts, 'image is refused by a rule of ours, and is tried again until its address expires')
  else log.warn(facts, 'image could not be downloaded')
  if (code === 'PrivateAddress') await tools.privateResults.refused(edit, detail, hint, tools)
  if (!expired) return { kind: 'later', why: file.code }
  if (file.kind === 'refused') return never('ImageRefused', file.detail)
  return never('ImageExpired', 'the address of the image expired before it could be copied')
}

function letGo(edit: Edit, { index, spilledTo }: Image, { log }: CopyTools): Copied {
  log.warn({ editId: edit.id, index, host: spilledTo }, 'image was given up, as a person decided')
  return never('Dropped', 'given up by a person before it could be stored')
}

/** The address is dead, and a machine has the image on its disk; it may be gone for good. */
async function awaitMachine(edit: Edit, image: Image, host: string, tools: CopyTools): Promise<Copied> {
  const { ledger, log, spillWaitMs } = tools
  const deadMs = Date.now() - (image.expiresAt ?? 0)
  const facts = { editId: edit.id, index: image.index, host, deadMs }
  if (deadMs >= spillWaitMs) {
    log.error(facts, 'image was given up: the machine that has it on its disk did not bring it in time')
    return never('ImageStranded', `${host} has the image on its disk and did not bring it in time`)
  }
  if (await ledger.turn(`alarm:spill:${host}`, hourMs))
    log.error(facts, 'image is on the disk of a machine that has not brought it to the bucket')
  return { kind: 'later', why: `it is on the disk of ${host}` }
}

/** Keeps an image on this machine when its address expires soon and the bucket is still away. */
async function spillIfLate(
  edit: Edit,
  image: Image,
  bytes: Buffer,
  tools: CopyTools,
): Promise<{ spilledTo?: string }> {
  const { spill, spillBeforeMs, host, log } = tools
  const leftMs = (image.expiresAt ?? 0) - Date.now()
  if (spill === undefined || leftMs > spillBeforeMs) return {}
  await spill.keep(edit.id, image.index, bytes)
  log.error(
    { editId: edit.id, index: image.index, leftMs, host },
    'image kept on the disk of this machine: its address expires soon and the bucket is away',
  )
  return { spilledTo: host }
}

async function check(edit: Edit, image: Image, bytes: Buffer, tools: CopyTools): Promise<Copied> {
  const picture = await tools.checkImage(bytes, { small: tools.thumbnails.mayMake() })
  if (picture.kind === 'whole') return put(edit, image.index, bytes, picture, tools)
  const expired = (image.expiresAt ?? 0) <= Date.now()
  return expired
    ? never('ImageBroken', `the image ${picture.reason}`)
    : { kind: 'later', why: picture.reason }
}

async function put(
  edit: Edit,
  index: number,
  bytes: Buffer,
  picture: CheckedImage & { kind: 'whole' },
  tools: CopyTools,
): Promise<Copied> {
  const { keyTemplate, log } = tools
  const { width, height, contentType } = picture
  const small = tools.thumbnails.begin(edit.id, index, picture.small)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const facts = {
    contentType,
    sha256,
    metadata: { ...provenanceOf(edit), width: String(width), height: String(height) },
  }
  const keys = [
    imageKey(keyTemplate, edit, index, picture.extension),
    collisionKey(edit.id, index, sha256, picture.extension),
  ]
  try {
    for (const key of keys) {
      const outcome = await putAt(key, bytes, facts, edit, tools)
      if (outcome === 'unfit') continue
      if (outcome !== 'collision') {
        await tools.failpoint('stored', edit.id)
        log.info({ editId: edit.id, index, key, bytes: bytes.length }, 'image stored')
        const stored = { key, sha256, bytes: bytes.length, width, height, contentType }
        return { kind: 'stored', stored: { ...stored, ...(await small.stored(sha256)) } }
      }
      log.error(
        { editId: edit.id, key },
        'another image has this key: it was left alone, and the new one is stored under collisions/',
      )
    }
    return { kind: 'later', why: 'collision' }
  } catch (error) {
    return later(error, tools)
  }
}

/** `unfit`: no bucket takes that key, now or later; what is paid for goes to another. */
async function putAt(
  key: string,
  bytes: Buffer,
  facts: ObjectFacts,
  edit: Edit,
  { store, log }: CopyTools,
): Promise<PutOutcome['kind'] | 'unfit'> {
  try {
    return (await store.putIfAbsent(key, bytes, facts)).kind
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'refused') throw error
    log.error(
      { editId: edit.id, said: error.message },
      'image has a key that no bucket takes, and is stored under collisions/',
    )
    return 'unfit'
  }
}

/** The bucket refused or failed: the copy is tried again. Any other error is thrown on. */
async function later(error: unknown, tools: CopyTools): Promise<Copied> {
  if (!(error instanceof StoreError)) throw error
  await pauseBucket(error, tools)
  return { kind: 'later', why: error.code }
}

const never = (code: FailureCode, message: string): Copied => ({
  kind: 'never',
  failure: ownFailure(code, message),
})

function settled(image: Image, result: Copied | undefined): Image {
  if (result?.kind === 'stored') return { index: image.index, stored: result.stored }
  if (result?.kind === 'never') return { index: image.index, failure: result.failure }
  if (result?.spilledTo !== undefined) return { ...image, spilledTo: result.spilledTo }
  return image
}

/** When the first address of an image that is still to be copied expires (epoch ms). */
const soonest = (images: Image[]): number =>
  Math.min(
    Date.now() + urlLivesMs,
    ...images.flatMap(({ stored, failure, expiresAt }) => (stored || failure ? [] : [expiresAt ?? Infinity])),
  )

/** When the next address dies of those that still live; in the past where none does. */
const nextDeath = (images: Image[], now: number): number => {
  const alive = images.flatMap(({ stored, failure, expiresAt = 0 }) =>
    stored || failure || expiresAt <= now ? [] : [expiresAt],
  )
  return alive.length === 0 ? 0 : Math.min(...alive)
}
