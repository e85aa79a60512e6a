import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import { readAttempt } from '@restyle/shared/receipt/receipt'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { recordOutcome } from '@restyle/worker/submit/record-outcome'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo } from '../ledger/ledger-world.ts'
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
  hands = openHands(redis, `{outcome${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const room = { running: 99, posting: 99 }
const admitted = async (id: string) =>
  hands.admitted(await hands.queued(id, { request: { ...asked(id).request, prompt: id } }), room)

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
    // one edit tries each minute
    expect(await paused()).toMatchObject({ code: 'Throttling', message: 'slower' })
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

describe('an edit that was turned away for a day', () => {
  const day = 24 * 3600_000
  const outcomeOf = (code: string) =>
    ({ kind: 'refused', code, message: 'not now', action: 'retryLater' }) as const

  /** Turned away once more; the lane took another edit so long ago, or none. */
  async function oneMore(code: string, acceptedAgoMs?: number) {
    const edit = await admitted('e')
    const now = await hands.ledger.now()
    if (acceptedAgoMs !== undefined) await redis.hset(hands.keys.accepted, laneId, now - acceptedAgoMs)
    const counts = { times: 99, overMs: day, lastAt: now - 60_000, alarmed: true }
    const before = await hands.rewrite('e', { turnedAway: counts })
    const tools = { ...hands.context, breakers: openBreakers() }
    const step = await recordOutcome({ ...edit, ...before }, hands.lane({}), outcomeOf(code), tools)
    return step.edit
  }

  it.each([
    ['Throttling', 'Throttling'],
    ['NotSent', 'NeverSent'],
    ['TooLate', 'NeverSent'],
  ])('(%s) fails with %s where its lane took others meanwhile, and a person is called', async (code, end) => {
    expect(await oneMore(code, 1_000)).toMatchObject({ state: 'failed', failure: { code: end } })
    expect(hands.errors()).toEqual(['edit was turned away for a day while its lane took others, it failed'])
  })

  it.each(['Throttling', 'NotSent', 'TooLate'])(
    '(%s) waits on where its lane took nothing since',
    async (code) => {
      const { state, turnedAway } = await oneMore(code, 120_000)
      expect(state).toBe('queued')
      expect(turnedAway).toMatchObject({ times: 99, overMs: day })
    },
  )

  it('is an alarm before that', async () => {
    const edit = await admitted('e')
    const now = await hands.ledger.now()
    await redis.hset(hands.keys.accepted, laneId, now - 1_000)
    await hands.rewrite('e', { turnedAway: { times: 19, overMs: day / 4, lastAt: now - 60_000 } })
    const tools = { ...hands.context, breakers: openBreakers() }
    const before = await hands.read('e')
    await recordOutcome({ ...edit, ...before }, hands.lane({}), outcomeOf('TooLate'), tools)
    expect(hands.errors()).toEqual(['edit is turned away again and again while its lane takes others'])
    // later than those that were not turned away
    expect(await hands.waitsFor('e')).toBeGreaterThan(55_000)
  })
})

describe('an answer that comes late', () => {
  const accepted = { kind: 'accepted', taskId: 't' } as const
  const tools = () => ({ ...hands.context, breakers: openBreakers() })

  it.each(['uncertain', 'review'] as const)('is recorded while the edit is in %s', async (state) => {
    const edit = await admitted('e')
    await hands.moved(edit, changeTo(state))
    const { edit: after } = await recordOutcome(edit, hands.lane({}), accepted, tools())
    expect(after).toMatchObject({ state: 'running', taskId: 't' })
    expect(hands.errors()).toEqual([])
  })

  it('is not taken for the answer to a later attempt: a person hears of it', async () => {
    const first = await admitted('e')
    const second = await hands.admitted(await hands.moved(first, changeTo('queued')), room)
    const held = await hands.moved(second, changeTo('uncertain'))
    await recordOutcome(first, hands.lane({}), accepted, tools())
    expect(await hands.read('e')).toEqual(held)
    expect(hands.errors()).toEqual([
      'accepted task belongs to no edit: its images will be billed and not stored',
    ])
  })
})

it('a refusal is noted next to the receipt: a ledger that forgets it asks nobody', async () => {
  const outcome = { kind: 'refused', code: 'NoSuchThing', message: 'no', action: 'failEdit' } as const
  await outcomes(1, outcome)
  const { answer } = await readAttempt(hands.store, 'e0', 1)
  expect(answer).toMatchObject({ outcome: 'none', code: 'NoSuchThing' })
})
