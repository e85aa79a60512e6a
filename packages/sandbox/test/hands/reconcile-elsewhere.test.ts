import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { claimTask, Intent, readAttempt } from '@restyle/shared/receipt/receipt'
import { type Lane, roomOf } from '@restyle/worker/lane/lane'
import { reconcile } from '@restyle/worker/reconcile/reconcile'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { lane as room } from '../ledger/ledger-world.ts'
import { type Hands, laneId, openHands, place, world } from './open-hands.ts'
import { listing, reconcileTools, uncertainEdit } from './uncertain.ts'

const minute = 60_000
const hour = 60 * minute

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
  hands = openHands(redis, `{elsewhere${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const toolsFor = (lanes: readonly Lane[]) => reconcileTools(hands, lanes)
const uncertain = (fields: Record<string, unknown> = {}, agoMs?: number) =>
  uncertainEdit(hands, fields, agoMs)

describe('a lane that got another name', () => {
  const renamed = (client: Partial<DashScope> = {}) => hands.lane(client, { name: 'renamed' })
  const admission = (of: Lane): LaneRoom => ({
    ...room,
    ...roomOf(of, { postMs: 6_000, receiptMs: 3_000, queryMs: 1_000 }, 10, place),
  })

  it('finds and adopts what was submitted before', async () => {
    const { edit } = await reconcile(await uncertain(), toolsFor([renamed(listing('t1'))]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't1' })
  })

  it('gives no uncertain edit the task that another one made before', async () => {
    const lane = hands.lane({})
    const first = await hands.queued('other')
    const other = await hands.admitted(first, admission(lane))
    await hands.moved(other, { to: 'running', set: { taskId: 't1', submittedAt: 1 } })
    const { edit } = await reconcile(await uncertain(), toolsFor([renamed(listing('t1'))]))
    expect(edit.state).toBe('queued')
  })

  it('leaves to a person the task of an edit that this version cannot read', async () => {
    await redis.set(hands.keys.task(laneId, 't1'), 'newer')
    await redis.hset(hands.keys.edit('newer'), { id: 'newer', state: 'orbiting' })
    const { edit } = await reconcile(await uncertain(), toolsFor([renamed(listing('t1'))]))
    expect(edit).toMatchObject({ state: 'review', candidates: ['t1'] })
  })

  it('nor the one of which only the bucket knows whose it is', async () => {
    const first = await uncertain()
    await claimTask(hands.store, { ...first, id: 'other' }, 't1')
    const { edit } = await reconcile(first, toolsFor([renamed(listing('t1'))]))
    expect(edit.state).toBe('queued')
  })

  it('still keeps back what could be confused with an uncertain edit, counts its slots, and stays paused', async () => {
    const lane = hands.lane({}, { running: 1 })
    const first = await hands.queued('first')
    const edit = await hands.admitted(first, admission(lane))
    await hands.queued('alike')
    const ask = (more: Partial<Lane>) => hands.ledger.admit(admission({ ...renamed(), ...more }))
    expect(await ask({ running: 1 })).toMatchObject({ kind: 'wait', reason: 'slot' })
    await hands.moved(edit, { to: 'uncertain', set: {} })
    expect(await ask({ running: 2 })).toMatchObject({ kind: 'wait', reason: 'uncertain' })
    await hands.ledger.lanes.pause(lane.id, { code: 'Arrearage', message: 'pay', since: 1 }, minute)
    expect(await ask({ running: 2 })).toMatchObject({ kind: 'wait', reason: 'paused' })
  })
})

describe('an edit that was admitted in another world', () => {
  /** Its worker went away before the receipt, as far as this bucket tells. */
  async function left(more: Record<string, unknown>): Promise<Edit> {
    await hands.standing('e', 'submitting')
    return hands.rewrite('e', { leaseUntil: 1, world: { ...world, ...more } })
  }

  it('goes back to the backlog where it is the same: no receipt, no POST', async () => {
    const { edit } = await reconcile(await left({}), toolsFor([]))
    expect(edit.state).toBe('queued')
  })

  it.each([
    ['the bucket', { bucket: 'https://s3.test/older' }],
    ['the way of creating once', { createOnce: 'off' }],
  ])('is uncertain where %s is another: a receipt that is missing here proves nothing', async (_, more) => {
    const { edit } = await reconcile(await left(more), toolsFor([]))
    expect(edit).toMatchObject({ state: 'uncertain', uncertainBecause: 'abandoned' })
    expect((await readAttempt(hands.store, 'e', 1)).intent).toBeUndefined()
  })

  it('is not proven absent by the list of another address: it is held when no lane leads to its own', async () => {
    const moved = hands.lane({}, { baseUrl: 'https://elsewhere.test/api/v1' })
    const first = await reconcile(await uncertain(), toolsFor([moved]))
    expect(first.edit).toMatchObject({ state: 'uncertain', looks: { why: 'unreachable', times: 1 } })
    await hands.rewrite('e', { looks: { why: 'unreachable', times: 4, since: Date.now() } })
    await reconcile(await hands.read('e'), toolsFor([moved]))
    expect(hands.errors()).toEqual(['uncertain edit is on a lane that no worker here reaches'])
    await hands.rewrite('e', {
      looks: { why: 'unreachable', times: 9, since: Date.now() - 11 * minute, alarmed: true },
    })
    const { edit } = await reconcile(await hands.read('e'), toolsFor([moved]))
    expect(edit).toMatchObject({
      state: 'review',
      uncertainBecause: expect.stringContaining('no lane leads'),
    })
  })

  it('is too old where its receipt is, though a ledger that forgot admitted it again just now', async () => {
    await uncertain({}, 25 * hour)
    const leaseUntil = (await hands.ledger.now()) - 2 * minute
    const again = await hands.rewrite('e', { intentAt: leaseUntil - 9_000, leaseUntil })
    const { edit } = await reconcile(again, toolsFor([hands.lane({})]))
    expect(edit).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('24 h') })
  })

  it('is what its receipt says: a ledger that was rewound has admitted it to another lane since', async () => {
    const edit = await uncertain()
    await hands.rewrite('e', { world: { ...world, account: 'other' } })
    const lanes = [hands.lane({}, { account: 'other' }), hands.lane(listing('t1'))]
    const { edit: after } = await reconcile(await hands.read(edit.id), toolsFor(lanes))
    expect(after).toMatchObject({ state: 'running', taskId: 't1', world })
    expect(await hands.ledger.ownerOf(laneId, ['t1'])).toEqual(['e'])
  })

  it('is a person’s where an older version admitted it: its lane is known by its name alone', async () => {
    const lane = hands.lane(listing('t1'))
    const { edit } = await reconcile(await uncertain({ world: undefined }), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'review', candidates: ['t1'] })
  })

  it('is known by its receipt where the ledger does not tell, and a receipt of an older version is read', async () => {
    const edit = await uncertain()
    const older = await hands.rewrite('e', { world: undefined })
    const moved = hands.lane({}, { baseUrl: 'https://elsewhere.test/api/v1' })
    expect((await reconcile(older, toolsFor([moved]))).edit.looks).toMatchObject({ why: 'unreachable' })
    const { intent } = await readAttempt(hands.store, 'e', edit.attempt)
    expect(intent?.world).toEqual(world)
    const { world: _, ...withoutWorld } = intent ?? {}
    expect(Intent.safeParse(withoutWorld).success).toBe(true)
  })
})
