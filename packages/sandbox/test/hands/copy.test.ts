import type { Edit, Image } from '@restyle/shared/contract/edit'
import { collisionPrefix, defaultKeyTemplate, imageKey } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { checkImage } from '@restyle/worker/copy/check-image'
import { copy, type CopyTools } from '@restyle/worker/copy/copy'
import type { FetchImage } from '@restyle/worker/copy/fetch-image'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import type { Spill } from '@restyle/worker/copy/spill'
import { openThumbnails } from '@restyle/worker/copy/thumbnails'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { draw } from '../stories/story.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let picture: Buffer
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
  picture = await draw(20)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{copy${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const day = 24 * 3600_000

/** A rendered edit of two images, whose addresses live for so long. */
async function rendered(livesMs = day): Promise<Edit> {
  const expiresAt = Date.now() + livesMs
  const images = [0, 1].map((index): Image => ({ index, url: `https://x.test/${index}.png`, expiresAt }))
  return hands.moved(await hands.standing('e', 'running'), { to: 'rendered', expiresAt, set: { images } })
}

const whole: FetchImage = async () => ({ kind: 'bytes', bytes: picture })
const cut: FetchImage = async () => ({ kind: 'again', code: 'ECONNRESET', detail: 'the line broke' })

const step = async (edit: Edit, fetchImage: FetchImage, more: Partial<CopyTools> = {}) => {
  const tools: CopyTools = {
    ...hands.context,
    fetchImage,
    privateResults: openPrivateResults(),
    keyTemplate: defaultKeyTemplate,
    checkImage,
    thumbnails: openThumbnails(hands.context),
    spillBeforeMs: 0,
    spillWaitMs: 0,
    host: 'here',
    ...more,
  }
  return (await copy(edit, tools)).edit
}
const counted = () => redis.hget(hands.keys.spend('acme'), 'images')

describe('copying', () => {
  it('counts and fetches each image once, however many steps it takes', async () => {
    const fetched: number[] = []
    const first = await step(await rendered(), async (id, image) => {
      fetched.push(image.index)
      return image.index === 0 ? whole(id, image) : cut(id, image)
    })
    expect(first.state).toBe('rendered')
    expect(await counted()).toBe('1')
    const second = await step(first, async (id, image) => {
      fetched.push(image.index)
      return whole(id, image)
    })
    expect(second.state).toBe('succeeded')
    expect(await counted()).toBe('2')
    expect(fetched).toEqual([0, 1, 1])
  })

  it('stores nothing that is no whole picture, and says so once the address is dead', async () => {
    const torn: FetchImage = async () => ({ kind: 'bytes', bytes: picture.subarray(0, -1) })
    const waiting = await step(await rendered(), torn)
    expect(waiting.state).toBe('rendered')
    const images = waiting.images?.map((image) => ({ ...image, expiresAt: 1 }))
    const dead = await hands.rewrite('e', { images })
    expect(await step(dead, torn)).toMatchObject({ state: 'failed', failure: { code: 'ImageBroken' } })
    expect([...hands.bucket.objects.keys()].filter((key) => key.startsWith('acme/'))).toEqual([])
  })

  it('puts an image aside whose key another one has, and calls a person', async () => {
    const edit = await rendered()
    const key = imageKey(defaultKeyTemplate, edit, 0, 'png')
    const facts = { contentType: 'image/png', sha256: 's' }
    await hands.store.putIfAbsent(key, Buffer.from('of somebody else'), facts)
    const { images } = await step(edit, whole)
    expect(images?.[0]?.stored?.key).toMatch(new RegExp(`^${collisionPrefix('e', 0)}`))
    expect(images?.[1]?.stored?.key).toBe(imageKey(defaultKeyTemplate, edit, 1, 'png'))
    expect((await hands.store.get(key))?.toString()).toBe('of somebody else')
    expect(hands.errors()).toEqual([
      'another image has this key: it was left alone, and the new one is stored under collisions/',
    ])
  })

  it('keeps on its disk what the ledger does not know to be in the bucket', async () => {
    const known: boolean[] = []
    const spill: Spill = {
      keep: async () => {},
      find: async () => picture,
      drop: async (id, index) => {
        known.push((await hands.read(id)).images?.[index]?.stored !== undefined)
      },
      list: async () => [],
    }
    expect((await step(await rendered(-1), cut, { spill })).state).toBe('succeeded')
    expect(known).toEqual([true, true])
  })

  it('waits for the machine that has an image on its disk, with an alarm, and not for ever', async () => {
    const away: FetchImage = async () => ({ kind: 'expired', code: 'Http403', detail: 'expired' })
    const { images = [] } = await rendered(-60_000)
    const there = images.map((image) => ({ ...image, spilledTo: 'there' }))
    const edit = await hands.rewrite('e', { images: there })
    expect((await step(edit, away, { spillWaitMs: 3600_000 })).state).toBe('rendered')
    expect(await step(await hands.read('e'), away, { spillWaitMs: 30_000 })).toMatchObject({
      state: 'failed',
      failure: { code: 'ImageStranded' },
    })
    const [waiting, ...gaveUp] = hands.errors()
    expect(waiting).toBe('image is on the disk of a machine that has not brought it to the bucket')
    expect(new Set(gaveUp)).toEqual(
      new Set(['image was given up: the machine that has it on its disk did not bring it in time']),
    )
  })

  it('lets an image go that a person gave up, after it was tried once more', async () => {
    const { images = [] } = await rendered()
    const edit = await hands.rewrite('e', { images: images.map((image) => ({ ...image, givenUp: true })) })
    const after = await step(edit, async (id, image) => (image.index === 0 ? whole : cut)(id, image))
    expect(after).toMatchObject({
      state: 'succeeded',
      images: [{ stored: { width: 400 } }, { failure: { code: 'Dropped' } }],
    })
  })

  it('finds the image of a worker that died before it said so, though the address is dead', async () => {
    const metadata = { edit: 'e', width: '2', height: '3' }
    const store: Store = {
      ...hands.store,
      head: async () => ({ bytes: 1, sha256: 's', contentType: 'image/png', metadata }),
    }
    const gone: FetchImage = async () => ({ kind: 'expired', code: 'Http403', detail: 'expired' })
    expect(await step(await rendered(-1), gone, { store })).toMatchObject({
      state: 'succeeded',
      images: [{ stored: { sha256: 's' } }, { stored: { sha256: 's' } }],
    })
  })

  it('gives up no image while the bucket cannot be asked for it', async () => {
    const edit = await rendered(-1)
    hands.bucket.weather = 'away'
    const gone: FetchImage = async () => ({ kind: 'expired', code: 'Http403', detail: 'expired' })
    expect((await step(edit, gone)).state).toBe('rendered')
    hands.bucket.weather = 'well'
    expect(await step(await hands.read('e'), gone)).toMatchObject({
      state: 'failed',
      failure: { code: 'ImageExpired' },
    })
  })
})
