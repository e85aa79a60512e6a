import type { DashScope } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { Lane } from '@restyle/worker/lane/lane'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { moment } from '@restyle/worker/submit/moment'
import type { Sources } from '@restyle/worker/submit/source-addresses'
import { submit, type SubmitTools } from '@restyle/worker/submit/submit'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands } from './open-hands.ts'

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
  hands = openHands(redis, `{submit${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const ready: Sources = { kind: 'ready', urls: ['https://x.test/a.png'], usesOss: false, until: Infinity }

describe('a submit', () => {
  /** Submits the edit `e`, which `lane` admits. */
  async function submitTo(lane: Lane, more: Partial<SubmitTools> = {}, askedAt = moment()) {
    const admitted = await hands.admitted(await hands.queued('e'))
    const tools = {
      ...hands.context,
      breakers: openBreakers(),
      deadlines: { postMs: 6_000, receiptMs: 3_000, queryMs: 1_000 },
      addresses: { of: async () => ready },
      writer: 'w',
      ...more,
    }
    return (await submit(admitted, { lane, askedAt, sources: undefined }, tools)).edit
  }

  /** Submits with a lease that began when this process last looked, so long ago on each clock. */
  async function mayStart(monotonicMs: number, wallMs: number): Promise<boolean | undefined> {
    let may: boolean | undefined
    const submitted: DashScope['submit'] = async (_model, _body, options) => {
      may = options?.mayStart?.()
      return { kind: 'refused', code: 'TooLate', message: 'late', action: 'retryLater' }
    }
    const now = moment()
    const askedAt = { monotonicMs: now.monotonicMs - monotonicMs, wallMs: now.wallMs - wallMs }
    await submitTo(hands.lane({ submit: submitted }), {}, askedAt)
    return may
  }

  /** An edit that has been turned away so often that one more time is the last, and whose lane takes others. */
  async function nearTheEnd(sources: Sources, store: Partial<Store> = {}) {
    await hands.queued('e')
    const now = await hands.ledger.now()
    await redis.hset(hands.keys.accepted, laneId, now - 1_000)
    const counts = { times: 99, overMs: 24 * 3600_000, lastAt: now - 60_000, alarmed: true }
    await hands.rewrite('e', { turnedAway: counts })
    const more = { store: { ...hands.store, ...store }, addresses: { of: async () => sources } }
    return submitTo(hands.lane({}), more)
  }

  it('whose pictures the vendor never takes, while it takes those of others, does not keep the head for ever', async () => {
    const edit = await nearTheEnd({ kind: 'later', code: 'NoAnswer', message: 'too slow', pause: false })
    const failure = { code: 'NeverSent', message: 'NoAnswer: too slow' }
    expect(edit).toMatchObject({ state: 'failed', failure })
  })

  it('nor one whose receipt is never written', async () => {
    const putIfAbsent = async () => {
      throw new StoreError('putting', { code: 'ETIMEDOUT' }, 'write')
    }
    const edit = await nearTheEnd(ready, { putIfAbsent })
    expect(edit).toMatchObject({ state: 'failed', failure: { code: 'NeverSent' } })
  })

  it('of a picture that is over ends at once: no receipt, no POST, no other turn', async () => {
    const failure = { code: 'SourceExpired', message: 'over' }
    const edit = await submitTo(hands.lane({}), {
      addresses: { of: async () => ({ kind: 'unusable', failure }) },
    })
    expect(edit).toMatchObject({ state: 'failed', failure, version: expect.any(Number) })
    expect(edit?.turnedAway).toBeUndefined()
  })

  it('whose body cannot be built is not sent, and fails with the reason', async () => {
    const unbuildable = { ...defaultModel, body: () => encodeURIComponent('\ud800') as never }
    const lane = hands.lane({}, { model: unbuildable })
    const edit = await submitTo(lane)
    const failure = { code: 'NotBuilt', message: 'URI malformed' }
    expect(edit).toMatchObject({ state: 'failed', failure })
  })

  it.each([
    ['may start within its lease', 0, 0, true],
    ['is too late when the lease is over', 4_000, 4_000, false],
    ['is too late when the machine was suspended, and its monotonic clock with it', 0, 40_000, false],
    ['is too late though the wall clock was set back', 4_000, -60_000, false],
  ])('%s', async (_, monotonicMs, wallMs, may) => {
    expect(await mayStart(monotonicMs, wallMs)).toBe(may)
  })

  it('sends the pictures that were placed with the account of its own lane', async () => {
    let sent: unknown
    const submitted: DashScope['submit'] = async (_model, body) => {
      sent = body
      return { kind: 'accepted', taskId: 't' }
    }
    const second = hands.lane({ submit: submitted }, { account: 'second' })
    await submitTo(second, {
      addresses: {
        of: async (_edit, { account }) => {
          return { kind: 'ready', urls: [`https://${account}.test/a.png`], usesOss: false, until: Infinity }
        },
      },
    })
    expect(JSON.stringify(sent)).toContain('https://second.test/a.png')
  })

  it('sends nothing where another process has created its receipt', async () => {
    const first = await hands.admitted(await hands.queued('e'), { lane: 'elsewhere' })
    await writeIntent(hands.store, first, 'another')
    // Redis has forgotten that attempt
    await hands.moved(first, { to: 'queued', set: { attempt: 0 } })
    const edit = await submitTo(hands.lane({}))
    expect(edit).toMatchObject({ state: 'uncertain', uncertainBecause: 'receipt', attempt: 1 })
  })

  it('sends nothing without a receipt, and uses its number again', async () => {
    hands.bucket.weather = 'away'
    expect(await submitTo(hands.lane({}))).toMatchObject({ state: 'queued', attempt: 0 })
  })
})
