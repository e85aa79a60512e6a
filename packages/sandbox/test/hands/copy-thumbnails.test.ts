import type { Edit, Image } from '@restyle/shared/contract/edit'
import { defaultKeyTemplate, thumbnailKey } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import { checkImage } from '@restyle/worker/copy/check-image'
import { copy, type CopyTools } from '@restyle/worker/copy/copy'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import { openThumbnails } from '@restyle/worker/copy/thumbnails'
import { Redis } from 'ioredis'
import sharp from 'sharp'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { draw, sha256 } from '../stories/story.ts'
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
  hands = openHands(redis, `{thumbnails${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const pace = { perSecond: 0, burst: 10, makeMs: 60_000 }

async function rendered(count = 1): Promise<Edit> {
  const expiresAt = Date.now() + 24 * 3600_000
  const images = Array.from({ length: count }, (_, index): Image => ({
    index,
    url: 'https://x.test/',
    expiresAt,
  }))
  return hands.moved(await hands.standing('e', 'running'), { to: 'rendered', expiresAt, set: { images } })
}

/** Copies an edit's images. `settled`: waits for their small pictures. */
async function copied(edit: Edit, { store = hands.store, ...more }: Partial<CopyTools> = {}) {
  const thumbnails = more.thumbnails ?? openThumbnails({ ...hands.context, store }, pace)
  const tools: CopyTools = {
    ...hands.context,
    store,
    fetchImage: async () => ({ kind: 'bytes', bytes: picture }),
    privateResults: openPrivateResults(),
    keyTemplate: defaultKeyTemplate,
    checkImage,
    spillBeforeMs: 0,
    spillWaitMs: 0,
    host: 'here',
    ...more,
    thumbnails,
  }
  return { edit: (await copy(edit, tools)).edit, settled: () => thumbnails.close() }
}

const keyOf = (index: number) => thumbnailKey('e', { what: 'image', index, of: sha256(picture) }, 320)
const leftOut = () => hands.lines.filter(({ msg }) => msg === 'small picture was left out')

describe('the small picture of an image', () => {
  it('is stored beside it as WebP of 320 px, and the edit tells its ThumbHash', async () => {
    const { edit, settled } = await copied(await rendered())
    await settled()
    const bytes = await hands.store.get(keyOf(0))
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 320, height: 320 })
    expect(edit.images?.[0]?.stored).toMatchObject({ width: 400, height: 400 })
    expect(Buffer.from(edit.images?.[0]?.stored?.thumbhash ?? '', 'base64').length).toBeGreaterThan(10)
  })

  it('is left out where the bucket refuses it, and the image is not', async () => {
    const store: Store = {
      ...hands.store,
      putIfAbsent: async (key, ...rest) => {
        if (key.startsWith('.restyle/')) throw new StoreError('put', { name: 'AccessDenied' }, 'write')
        return hands.store.putIfAbsent(key, ...rest)
      },
    }
    const { edit, settled } = await copied(await rendered(), { store })
    await settled()
    expect(edit.state).toBe('succeeded')
    expect(leftOut()).toHaveLength(1)
    expect(hands.errors()).toEqual([])
    expect(await hands.ledger.lanes.pausedBy('bucket')).toBeUndefined()
  })

  it('is not waited for: an edit ends while its small picture is still being stored', async () => {
    const hanging = Promise.withResolvers<{ kind: 'created' }>()
    const store: Store = {
      ...hands.store,
      putIfAbsent: (key, ...rest) =>
        key.startsWith('.restyle/') ? hanging.promise : hands.store.putIfAbsent(key, ...rest),
    }
    const { edit, settled } = await copied(await rendered(6), { store })
    expect(edit.state).toBe('succeeded')
    // four are stored at a time, and no line forms behind them
    expect(leftOut()).toHaveLength(2)
    hanging.resolve({ kind: 'created' })
    await settled()
  })

  it('is left out where its pixels cannot be packed', async () => {
    const { edit } = await copied(await rendered(), {
      checkImage: async () => ({
        kind: 'whole',
        format: 'png',
        width: 400,
        height: 400,
        contentType: 'image/png',
        extension: 'png',
        small: { data: Buffer.alloc(1), width: 9, height: 9, channels: 3 },
      }),
    })
    expect(edit).toMatchObject({ state: 'succeeded', images: [{ stored: { width: 400 } }] })
    expect(edit.images?.[0]?.stored).not.toHaveProperty('thumbhash')
    expect(leftOut()).toHaveLength(1)
  })

  it('is made of so many images a second, so that fast copies are not slowed down', async () => {
    let now = 0
    const thumbnails = openThumbnails(hands.context, { ...pace, perSecond: 5, burst: 2 }, () => now)
    const made = (times: number) => Array.from({ length: times }, () => thumbnails.mayMake())
    expect(made(3)).toEqual([true, true, false])
    now = 200
    expect(made(2)).toEqual([true, false])
    now = 100_000
    expect(made(3)).toEqual([true, true, false])
    const { edit } = await copied(await rendered(), { thumbnails })
    expect(edit.state).toBe('succeeded')
    expect(edit.images?.[0]?.stored).not.toHaveProperty('thumbhash')
  })
})
