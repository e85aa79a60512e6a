import type { Picture } from '@restyle/dashscope/accepts'
import type { Fault } from '@restyle/shared/contract/fault'
import { limits } from '@restyle/shared/contract/limits'
import { RestyleError } from '@restyle/shared/errors'
import { readPicture } from '@restyle/shared/picture/read-picture'
import { type Decoded, openDecoder } from './base64-picture.ts'
import type { Sources } from './sources.ts'
import { takeOut } from './take-out.ts'

/** A picture that came in a body: what it is, or what is wrong with it, as the end of a sentence. */
type BodyPicture = { kind: 'picture'; sha256: string; bytes: Buffer; picture: Picture } | PictureFault
type PictureFault = { kind: 'fault'; detail: string }

/** What stands in a body for a picture begins so. */
const mark = 'data:picture/'

const tooMany: Decoded = {
  kind: 'fault',
  detail: `is one of more than ${limits.bodyPictures} pictures in one body`,
}

/** Pictures that are decoded, or written into the bucket, at a time. */
const atOnce = 4

const instead = (detail: string): string =>
  `${detail}; send a whole JPEG, PNG, WebP or BMP picture as data:image/<format>;base64,…, or upload it and send its sha256:…`

/**
 * The pictures of one request that come in its body as `data:` addresses. They are taken out of it before anything else
 * reads it; then each is checked, has its digest stand in its place, and is stored as an upload is, before the request is
 * accepted. So the ledger, a log or a refusal never meets one. `room` is told of bytes before they are kept, and throws
 * where there is none.
 */
export function openBodyPictures(room: (bytes: number) => void) {
  const came = new Map<string, Decoded>()
  const read = new Map<string, BodyPicture>()

  /** The same for the same bytes: a body that is sent again is the same to whoever reads on. */
  function keep(picture: Decoded): string {
    const isOver = came.size >= limits.bodyPictures
    const name = isOver ? 'over' : picture.kind === 'bytes' ? picture.sha256 : `broken-${came.size}`
    if (!came.has(`${mark}${name}`)) came.set(`${mark}${name}`, isOver ? tooMany : picture)
    return `${mark}${name}`
  }

  const pictures = () => [...read.values()].filter((each) => each.kind === 'picture')

  return {
    takeOut: (body: AsyncIterable<Buffer>) => takeOut(body, { decoder: () => openDecoder(room), keep }),

    /** Looks at each picture, once. To be called before the digests are asked for. */
    check: async (): Promise<void> => {
      if (came.size === 0) return
      await inTurns([...came], async ([name, each]) => {
        read.set(name, await checkPicture(each))
      })
    },

    /** The edit with digests in place of its pictures, and what is wrong with these. `value` has not been read yet. */
    named: (value: unknown): { value: unknown; faults: Fault[] } => {
      if (came.size === 0 || typeof value !== 'object' || value === null) return { value, faults: [] }
      const faults: Fault[] = []
      const { images, ...rest } = value as { images?: unknown }
      for (const [field, held] of Object.entries(rest))
        if (JSON.stringify(held)?.includes(mark) === true)
          faults.push({ path: [field], detail: `${field} holds a picture, which only images may` })
      if (!Array.isArray(images)) return { value, faults }
      const names = images.map((image: unknown, i) => {
        const found = typeof image === 'string' ? read.get(image) : undefined
        if (found === undefined) return image
        if (found.kind === 'fault')
          faults.push({ path: ['images', i], detail: `images/${i} ${instead(found.detail)}` })
        return found.kind === 'fault' ? image : `sha256:${found.sha256}`
      })
      return { value: { ...rest, images: names }, faults }
    },

    /** The same look-up, which knows the pictures of this request. */
    knownTo: (sources: Pick<Sources, 'lookUp'>): Pick<Sources, 'lookUp'> => {
      if (came.size === 0) return sources
      const own = new Map(pictures().map(({ sha256, picture }) => [sha256, picture]))
      return {
        lookUp: async (producer, digests) => {
          const found = await sources.lookUp(producer, others(digests, own))
          return { ...found, pictures: new Map([...found.pictures, ...own]) }
        },
      }
    },

    /** Stores those that these rows name. */
    store: async (
      producer: string,
      rows: readonly { request: { images: readonly string[] } }[],
      sources: Pick<Sources, 'put'>,
    ): Promise<void> => {
      if (came.size === 0) return
      const named = new Set(rows.flatMap(({ request }) => request.images))
      const wanted = pictures().filter(({ sha256 }) => named.has(`sha256:${sha256}`))
      await inTurns(wanted, async ({ sha256, bytes, picture }) => {
        if ((await sources.put(producer, sha256, bytes, picture)) === 'collision')
          throw new RestyleError('SourceCollision', 'other bytes are stored under this digest', { sha256 })
      })
    },
  }
}
export type BodyPictures = ReturnType<typeof openBodyPictures>

/** The same tools, which know the pictures of a request. */
export const withPictures = <Tools extends { sources: Pick<Sources, 'lookUp'> }>(
  tools: Tools,
  pictures: BodyPictures | undefined,
): Tools =>
  pictures === undefined
    ? tools
    : { ...tools, sources: { ...tools.sources, ...pictures.knownTo(tools.sources) } }

async function checkPicture(came: Decoded): Promise<BodyPicture> {
  if (came.kind === 'fault') return came
  const { bytes, sha256 } = came
  const found = await readPicture(bytes)
  return found.kind === 'fault' ? found : { kind: 'picture', bytes, sha256, picture: found.picture }
}

function* others(digests: Iterable<string>, own: ReadonlyMap<string, unknown>): Generator<string> {
  for (const digest of digests) if (!own.has(digest)) yield digest
}

/** A few at a time. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}
