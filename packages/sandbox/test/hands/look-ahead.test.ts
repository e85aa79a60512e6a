import type { Edit } from '@restyle/shared/contract/edit'
import { openLookAhead } from '@restyle/worker/submit/look-ahead'
import type { Sources } from '@restyle/worker/submit/source-addresses'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

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
  hands = openHands(redis, `{ahead${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const ready: Sources = { kind: 'ready', urls: ['https://x.test/a.png'], usesOss: false, until: Infinity }
const minute = 60_000

function open(of: (edit: Edit) => Promise<Sources>) {
  const clock = { now: 1_800_000_000_000 }
  let woken = 0
  const tools = { ...hands.context, addresses: { of } }
  const wake = () => {
    woken += 1
  }
  const ahead = openLookAhead(hands.lane({}), tools, wake, () => clock.now)
  return { ahead, clock, woken: () => woken }
}
const wanting = (...wanted: string[]) => ({ wanted, gone: [] })

describe('sources that have to travel', () => {
  it('are ready for their edit once, and wake whoever waits for one', async () => {
    await hands.queued('a')
    const { ahead, woken } = open(async () => ready)
    ahead.heed(wanting('a'))
    expect(ahead.claims()).toMatchObject({ preparing: ['a'], prepared: [] })
    await ahead.settled()
    expect(ahead.claims()).toMatchObject({ preparing: ['a'], prepared: ['a'] })
    expect(woken()).toBe(1)
    expect([ahead.take('a'), ahead.take('a')]).toEqual([ready, undefined])
  })

  it('are made ready again where a lane was long in coming', async () => {
    await hands.queued('a')
    const { ahead, clock } = open(async () => ready)
    ahead.heed(wanting('a'))
    await ahead.settled()
    clock.now += 10 * minute
    expect(ahead.take('a')).toBeUndefined()
  })

  it('are forgotten with an edit that went another way', async () => {
    await hands.queued('a')
    const { ahead } = open(async () => ready)
    ahead.heed(wanting('a'))
    await ahead.settled()
    ahead.heed({ wanted: [], gone: ['a'] })
    expect(ahead.claims()).toMatchObject({ preparing: [], prepared: [], released: [] })
  })

  it.each<[string, Sources, object]>([
    [
      'cannot be read now let it wait aside',
      { kind: 'trouble', code: 'AccessDenied', message: 'no', refused: true, place: 's3://p' },
      { state: 'queued', sourceTrouble: { refusals: 1, tries: 1, since: expect.any(Number) } },
    ],
    [
      'the account does not take now let it wait aside',
      { kind: 'later', code: 'Arrearage', message: 'pay', pause: true },
      { state: 'queued' },
    ],
    [
      'are not there end it',
      { kind: 'unusable', failure: { code: 'SourceMissing', message: 'gone' } },
      { state: 'failed', failure: { code: 'SourceMissing', message: 'gone' } },
    ],
  ])('that %s, and nobody has it any more', async (_, sources, expected) => {
    await hands.queued('a')
    const { ahead } = open(async () => sources)
    ahead.heed(wanting('a'))
    await ahead.settled()
    expect(await hands.read('a')).toMatchObject(expected)
    expect(ahead.claims()).toMatchObject({ preparing: [], prepared: [], released: ['a'] })
  })
})
