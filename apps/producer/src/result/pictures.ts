import { createHash } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'
import type { Log } from '@restyle/shared/log'
import { sourceFactsKey, thumbnailKey } from '@restyle/shared/object-key'
import { lookAt, smallPicture } from '@restyle/shared/picture/small-picture'
import type { ThumbnailSide } from '@restyle/shared/picture/thumbnail'
import { readSource, type SourceRead, type SourceTools } from '@restyle/shared/store/read-source'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import { openFairPlaces } from './fair-places.ts'
import { openOnce } from './once.ts'

/*
 * Small pictures of images and sources. One that is in the bucket is read there. Any other is made when it is first asked for, by
 * one request for all that want it, and stored for the next reader. What is made from is somebody else's: its bytes and its pixels
 * are bounded, and so is how long it may take and how many are made at a time.
 */

/** What is shown: an image in the bucket, or a source of an edit. */
export type Shown =
  | (OfEdit & { what: 'image'; key: string; sha256: string; bytes: number })
  | (OfEdit & { what: 'source'; address: string })
type OfEdit = { editId: string; producer: string; index: number }
export type SourceShown = Extract<Shown, { what: 'source' }>

/** `why` goes on after the name of the picture. `passing`: it may be had later. */
type None = { kind: 'none'; why: string; passing?: true }
export type PictureRead = { kind: 'picture'; bytes: Buffer } | None

/** How large a picture is, as it was when it was looked at first. */
export type FactsRead = { kind: 'facts'; facts: Facts } | None
const Facts = z.object({
  type: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/bmp']),
  bytes: z.int(),
  width: z.int().exactOptional(),
  height: z.int().exactOptional(),
})
type Facts = z.infer<typeof Facts>

/** A small picture that was made, or why there is none; and what was made it from. */
type Made = PictureRead & { facts?: Facts }

export type PictureTools = Omit<SourceTools, 'store'> & {
  store: Pick<Store, 'get' | 'putIfAbsent'>
  log: Log
  stopping: AbortSignal
  /** Ms of a clock that never goes back. */
  monotonic?: () => number
}

export type Pictures = {
  small(shown: Shown, side: ThumbnailSide): Promise<PictureRead>
  /** The bytes as they are. */
  full(shown: Shown): Promise<PictureRead>
  /** How large a source is. */
  facts(source: SourceShown): Promise<FactsRead>
}

/** Of more pixels one at a time is unpacked: a progressive JPEG takes six bytes for each. */
const manyPixels = 24e6

/** How long a picture is not tried again that could not be had, for good or for now (ms). */
const [fallowMs, passingMs] = [60_000, 5_000]

export function openPictures(tools: PictureTools): Pictures {
  const { store, monotonic = () => performance.now() } = tools
  // waiting for a server costs nothing, and unpacking all of a processor
  const fetching = openFairPlaces({ all: 16, each: 4, waiting: 500 })
  const unpacking = openFairPlaces({ all: 2, each: 2, waiting: 16 })
  const alone = openFairPlaces({ all: 1, each: 1, waiting: 16 })
  const once = openOnce<Made>((read) => {
    if (read.kind === 'picture' || read === busy) return 0
    return read.passing ? passingMs : fallowMs
  }, monotonic)

  const withBytes = async (shown: Shown, use: (bytes: Buffer) => Promise<Made>): Promise<Made> => {
    const made = await fetching.run(shown.producer, async () => {
      const found = await bytesOf(shown, tools)
      return found.kind === 'none' ? found : use(found.bytes)
    })
    return made === 'full' ? busy : made
  }
  const make = (shown: Shown, side: ThumbnailSide): Promise<Made> =>
    withBytes(shown, async (bytes) => {
      const look = await lookAt(bytes)
      if (look.kind === 'fault') return { kind: 'none', why: look.detail }
      const { kind: _, ...facts } = look
      const keeping = shown.what === 'source' ? keepFacts(shown, facts, tools) : undefined
      const { width = 0, height = 0 } = facts
      const places = width * height > manyPixels ? alone : unpacking
      const [small] = await Promise.all([places.run('', () => smallPicture(bytes, side)), keeping])
      if (small === 'full') return busy
      if (small.kind === 'fault') return { kind: 'none', why: small.detail, facts }
      return {
        kind: 'picture',
        bytes: await keep(keyOf(shown, side), small.bytes, 'image/webp', tools),
        facts,
      }
    })
  const makeOnce = (shown: Shown, side: ThumbnailSide) => once(keyOf(shown, side), () => make(shown, side))

  return {
    small: async (shown, side) => {
      const stored = await store.get(keyOf(shown, side))
      if (stored !== undefined) return { kind: 'picture', bytes: stored }
      const { facts: _, ...read } = await makeOnce(shown, side)
      return read
    },
    full: (shown) => withBytes(shown, async (bytes) => ({ kind: 'picture', bytes })),
    facts: async (source) => {
      const stored = await store.get(factsKeyOf(source))
      if (stored !== undefined) return { kind: 'facts', facts: Facts.parse(JSON.parse(stored.toString())) }
      // whoever asks how large it is looks at it too: it is read once for both
      const made = await makeOnce(source, lookedAtSide)
      if (made.facts !== undefined) return { kind: 'facts', facts: made.facts }
      return made.kind === 'none' ? made : busy
    },
  }
}

/** The side that the viewer shows. */
const lookedAtSide = 960

const busy: None = {
  kind: 'none',
  why: 'waits: many others are being made at this moment',
  passing: true,
}

async function bytesOf(shown: Shown, tools: PictureTools): Promise<SourceRead> {
  const { what, producer } = shown
  const mostBytes = limits.sourceBytes
  if (what === 'source')
    return readSource({ producer, address: shown.address, mostBytes }, tools, tools.stopping)
  if (shown.bytes > limits.heldImageBytesEach) return { kind: 'none', why: 'is too large to be made small' }
  const bytes = await tools.store.get(shown.key)
  return bytes === undefined
    ? { kind: 'none', why: 'is not in the bucket any more' }
    : { kind: 'bytes', bytes }
}

const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

const keyOf = (shown: Shown, side: ThumbnailSide): string => {
  const { editId, what, index } = shown
  const of = what === 'image' ? shown.sha256 : digest(shown.address)
  return thumbnailKey(editId, { what, index, of }, side)
}

const factsKeyOf = ({ editId, index, address }: SourceShown): string =>
  sourceFactsKey(editId, { index, of: digest(address) })

const keepFacts = (source: SourceShown, facts: Facts, tools: PictureTools): Promise<Buffer> =>
  keep(factsKeyOf(source), Buffer.from(JSON.stringify(facts)), 'application/json', tools)

/** Whoever waits for a picture does not wait longer for its place in the bucket (ms). */
const storeMs = 5_000

/** Stores it for the next reader. All see the one that was stored first; one that cannot be stored is shown all the same. */
async function keep(
  key: string,
  bytes: Buffer,
  contentType: string,
  { store, log }: PictureTools,
): Promise<Buffer> {
  try {
    const facts = { contentType, sha256: digest(bytes) }
    const put = await store.putIfAbsent(key, bytes, facts, AbortSignal.timeout(storeMs))
    return put.kind === 'collision' ? ((await store.get(key)) ?? bytes) : bytes
  } catch (error) {
    log.debug({ key, error }, 'small picture was not stored')
    return bytes
  }
}
