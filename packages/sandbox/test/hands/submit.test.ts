import type { DashScope } from '@restyle/dashscope/client'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { moment } from '@restyle/worker/submit/moment'
import { recordOutcome } from '@restyle/worker/submit/record-outcome'
import { submit } from '@restyle/worker/submit/submit'
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

const room = { running: 99, posting: 99 }
const admitted = async (id: string) => hands.admitted(await hands.queued(id), { ...room, fingerprint: id })

/** What becomes of different edits that all get this outcome, one after the other. */
async function outcomes(count: number, outcome: SubmitOutcome, breakers = openBreakers()) {
  const tools = { ...hands.context, breakers }
  const states: unknown[] = []
  for (let i = 0; i < count; i += 1) {
    // as if a pause had ended meanwhile
    await hands.ledger.lanes.resume(laneId)
    const { edit } = await recordOutcome(await admitted(`e${i}`), hands.lane({}), outcome, tools)
    states.push(edit.state)
  }
  return states
}
const paused = () => hands.ledger.lanes.pausedBy(laneId)

describe('edit after edit', () => {
  it('that is refused with one code pauses the lane, which fails no more of them', async () => {
    const outcome = {
      kind: 'refused',
      code: 'NoSuchThing',
      message: 'what is this',
      action: 'failEdit',
    } as const
    expect(await outcomes(5, outcome)).toEqual(['failed', 'failed', 'failed', 'queued', 'queued'])
    expect(await paused()).toMatchObject({ code: 'NoSuchThing' })
    // again after the pause, by the first that tries
    const line = 'lane paused for a minute: the account needs a person'
    expect(hands.errors()).toEqual([line, line])
  })

  it('that the vendor answers with one fault of its own pauses the lane, and is not counted against them', async () => {
    const words = { code: 'Http500', message: 'oops' }
    const outcome = { kind: 'unknown', cause: '5xx', detail: 'HTTP 500', ...words } as const
    expect(await outcomes(4, outcome)).toEqual(Array.from({ length: 4 }, () => 'uncertain'))
    expect(await paused()).toMatchObject(words)
    expect((await hands.read('e2')).said).toEqual({ cause: '5xx', ...words })
    expect((await hands.read('e3')).said).toEqual({ cause: '5xx', ...words, lane: true })
  })

  it('that the vendor throttles for minutes calls a person, and fails none', async () => {
    const breakers = openBreakers()
    for (const minutes of [11, 8, 4]) breakers.waits('one', Date.now() - minutes * 60_000)
    const outcome = { kind: 'refused', code: 'Throttling', message: 'slower', action: 'retryLater' } as const
    expect(await outcomes(1, outcome, breakers)).toEqual(['queued'])
    expect(hands.errors()).toEqual(['lane takes nothing: the vendor cannot be reached or throttles it'])
  })

  it('is no fault of the lane where one among them is accepted', async () => {
    const breakers = openBreakers()
    const outcome = { kind: 'refused', code: 'NoSuchThing', message: 'no', action: 'failEdit' } as const
    await outcomes(3, outcome, breakers)
    const tools = { ...hands.context, breakers }
    await recordOutcome(await admitted('fine'), hands.lane({}), { kind: 'accepted', taskId: 't' }, tools)
    const { edit } = await recordOutcome(await admitted('bad'), hands.lane({}), outcome, tools)
    expect(edit.state).toBe('failed')
    expect(await paused()).toBeUndefined()
  })
})

describe('a submit', () => {
  /** Submits with a lease that began when this process last looked, so long ago on each clock. */
  async function mayStart(monotonicMs: number, wallMs: number): Promise<boolean | undefined> {
    let may: boolean | undefined
    const submitted: DashScope['submit'] = async (_model, _body, options) => {
      may = options?.mayStart?.()
      return { kind: 'refused', code: 'TooLate', message: 'late', action: 'retryLater' }
    }
    const lane = hands.lane({ submit: submitted })
    const queued = await hands.queued('e')
    const now = moment()
    const askedAt = { monotonicMs: now.monotonicMs - monotonicMs, wallMs: now.wallMs - wallMs }
    await submit(queued, {
      ...hands.context,
      breakers: openBreakers(),
      deadlines: { postMs: 6_000, receiptMs: 3_000, queryMs: 1_000 },
      lanesFor: () => [lane],
      addresses: { of: async () => ({ kind: 'ready', urls: ['https://x.test/a.png'], usesOss: false }) },
      waitForLane: async (edit) => ({ kind: 'over', edit: await hands.admitted(edit), lane, askedAt }),
      writer: 'w',
    })
    return may
  }

  it.each([
    ['may start within its lease', 0, 0, true],
    ['is too late when the lease is over', 4_000, 4_000, false],
    ['is too late when the machine was suspended, and its monotonic clock with it', 0, 40_000, false],
    ['is too late though the wall clock was set back', 4_000, -60_000, false],
  ])('%s', async (_, monotonicMs, wallMs, may) => {
    expect(await mayStart(monotonicMs, wallMs)).toBe(may)
  })
})
