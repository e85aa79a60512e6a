import type { Image } from '@restyle/shared/contract/edit'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import { copy, type CopyTools } from '@restyle/worker/copy/copy'
import type { Download } from '@restyle/worker/copy/download'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import { openThumbnails } from '@restyle/worker/copy/thumbnails'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

const hour = 3600_000

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{copy${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const bytes: Download = { kind: 'bytes', bytes: Buffer.from('picture') }
const isPrivate: Download = { kind: 'refused', code: 'PrivateAddress', detail: 'not public' }

const toolsFor = (fetched: Download, more: Partial<CopyTools> = {}): CopyTools => ({
  ...hands.context,
  fetchImage: async () => fetched,
  privateResults: openPrivateResults(),
  keyTemplate: '{producer}/{edit}/{index}.{ext}',
  checkImage: async () => ({
    kind: 'whole',
    format: 'png',
    width: 1,
    height: 1,
    contentType: 'image/png',
    extension: 'png',
  }),
  thumbnails: openThumbnails(hands.context),
  spillBeforeMs: 0,
  spillWaitMs: 0,
  host: 'here',
  ...more,
})

/** A rendered edit with an image whose address lives. */
async function rendered(more: Partial<Image> = {}) {
  await hands.standing('e', 'rendered')
  const image = { index: 0, url: 'https://vendor.test/i.png', expiresAt: Date.now() + hour, ...more }
  return hands.rewrite('e', { images: [image] })
}

describe('an image that a person gives up', () => {
  it('is let go although its address still lives, if it can be neither fetched nor found', async () => {
    const { edit } = await copy(await rendered({ givenUp: true }), toolsFor(isPrivate))
    expect(edit).toMatchObject({ state: 'failed', failure: { code: 'Dropped' } })
  })

  it('is stored where it can be fetched after all', async () => {
    const { edit } = await copy(await rendered({ givenUp: true }), toolsFor(bytes))
    expect(edit.state).toBe('succeeded')
  })

  it('is waited for where nobody gives it up', async () => {
    const { edit } = await copy(await rendered(), toolsFor(isPrivate))
    expect(edit.state).toBe('rendered')
  })
})

describe('an image whose key no bucket takes', () => {
  it('is stored aside, since it is paid for, and a person is called', async () => {
    const picky: Store = {
      ...hands.store,
      putIfAbsent: async (key, ...rest) => {
        if (key.startsWith('acme/'))
          throw new StoreError(`put ${key}`, new URIError('URI malformed'), 'write')
        return hands.store.putIfAbsent(key, ...rest)
      },
    }
    const { edit } = await copy(await rendered(), toolsFor(bytes, { store: picky }))
    const key = expect.stringMatching(/^collisions\/e\/0-/)
    expect(edit).toMatchObject({ state: 'succeeded', images: [{ stored: { key } }] })
    expect(hands.errors()).toEqual(['image has a key that no bucket takes, and is stored under collisions/'])
    expect(await hands.ledger.lanes.pausedBy('bucket')).toBeUndefined()
  })

  it('and an error of our own is not taken for the weather at the bucket', async () => {
    const broken: Store = {
      ...hands.store,
      putIfAbsent: async () => {
        throw new TypeError('a bug of ours')
      },
    }
    await expect(copy(await rendered(), toolsFor(bytes, { store: broken }))).rejects.toThrow('a bug of ours')
  })
})
