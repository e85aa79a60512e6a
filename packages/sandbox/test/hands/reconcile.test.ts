import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { claimTask, Intent, readAttempt, readEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { laneReaching } from '@restyle/worker/lane/lane-reaching'
import { admissionOf, type Lane } from '@restyle/worker/lane/lane'
import { reconcile, type ReconcileTools } from '@restyle/worker/reconcile/reconcile'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands, place, world } from './open-hands.ts'

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
  hands = openHands(redis, `{reconcile${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const toolsFor = (lanes: readonly Lane[], more: Partial<ReconcileTools> = {}): ReconcileTools => ({
  ...hands.context,
  laneOf: (edit) => laneReaching(lanes, edit),
  settleMs: minute,
  skewMs: 1_000,
  onUnknown: 'hold',
  place,
  ...more,
})

/** An uncertain edit whose lease ended so long ago, with its receipt. */
async function uncertain(fields: Record<string, unknown> = {}, agoMs = 2 * minute): Promise<Edit> {
  await hands.standing('e', 'uncertain')
  const leaseUntil = (await hands.ledger.now()) - agoMs
  const plain = { looks: undefined, returned: undefined, said: undefined, world }
  const edit = await hands.rewrite('e', { ...plain, intentAt: leaseUntil - 9_000, leaseUntil, ...fields })
  await writeIntent(hands.store, edit, 'somebody')
  return edit
}

const page = (...taskIds: string[]) => ({
  kind: 'page' as const,
  items: taskIds.map((taskId) => ({
    taskId,
    state: 'succeeded' as const,
    rawStatus: '',
    model: '',
    createdAt: 1,
  })),
  total: taskIds.length,
  totalPages: 1,
  page: 1,
})
const listing = (...taskIds: string[]): Pick<DashScope, 'list' | 'task'> => ({
  list: async () => page(...taskIds),
  task: async (taskId) => {
    const images = [{ url: 'https://vendor.test/i.png', expiresAt: undefined, origPrompt: 'make it blue' }]
    return {
      kind: 'task',
      task: { taskId, state: 'succeeded', rawStatus: 'SUCCEEDED', images, failures: [], billed: 1 },
    }
  },
})
const refusing = (action: 'refused' | 'pauseLane' | 'retryLater', code: string) => async () => ({
  kind: 'unanswered' as const,
  code,
  message: 'not for you',
  action,
})
const heldLine = 'submit stays uncertain: a person decides'

describe('looking up an uncertain edit', () => {
  it('that is older than the vendor’s memory holds it, and asks nobody', async () => {
    const edit = await uncertain({}, 25 * hour)
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane({})]))
    expect(after).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('24 h') })
    expect(hands.errors()).toEqual([heldLine])
  })

  it('pauses the lane and calls a person where the account is refused', async () => {
    const lane = hands.lane({ list: refusing('pauseLane', 'AccessDenied') })
    const step = await reconcile(await uncertain(), toolsFor([lane]))
    expect(step).toMatchObject({
      edit: { state: 'uncertain', looks: { why: 'account', times: 1 } },
      inMs: 2_000,
    })
    expect(await hands.ledger.lanes.pausedBy(laneId)).toMatchObject({ code: 'AccessDenied' })
    expect(hands.errors()).toEqual(['lane paused for a minute: the account needs a person'])
  })

  it.each([
    ['the list is refused', { list: refusing('refused', 'InvalidParameter') }],
    ['the list is garbled', { list: refusing('retryLater', 'Garbled') }],
    ['a task of the list is refused', { ...listing('t1'), task: refusing('refused', 'InvalidParameter') }],
  ])('ends for a person where %s again and again, with an alarm before', async (_, client) => {
    const tools = toolsFor([hands.lane(client)])
    const looks = { why: 'refused', times: 4, since: Date.now() }
    const again = await reconcile(await uncertain({ looks }), tools)
    expect(again.edit).toMatchObject({ state: 'uncertain', looks: { times: 5, alarmed: true } })
    expect(hands.errors()).toEqual(['uncertain edit could not be looked up again and again'])
    const long = { why: 'refused', times: 9, since: Date.now() - 11 * minute, alarmed: true }
    const { edit } = await reconcile(await hands.rewrite('e', { looks: long }), tools)
    expect(edit).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('not for you') })
    expect(await hands.ledger.lanes.runningCount('one')).toBe(0)
    expect(hands.errors().slice(1)).toEqual([heldLine])
  })

  it('forgets the looks that told nothing once the list is answered', async () => {
    const looks = { why: 'refused', times: 9, since: 1 }
    const { edit } = await reconcile(await uncertain({ looks }, 1_000), toolsFor([hands.lane(listing())]))
    expect(edit.state).toBe('uncertain')
    expect((await hands.read('e')).looks).toBeUndefined()
  })

  it('takes a task that is on two pages of the list for one', async () => {
    const lane = hands.lane({
      ...listing(),
      list: async ({ page: at }) => ({ ...page('t1'), totalPages: 2, page: at }),
      task: listing('t1').task,
    })
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't1' })
  })

  it('reads the list to its last page', async () => {
    const lane = hands.lane({
      ...listing(),
      list: async ({ page: at }) => ({ ...(at === 2 ? page('t2') : page()), totalPages: 2, page: at }),
    })
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't2' })
  })

  /** Another edit of the lane claims a task in the bucket, and the ledger has forgotten it. */
  const claimedByAnother = (edit: Edit, taskId: string) =>
    claimTask(hands.store, { ...edit, id: 'other' }, taskId)

  it('leaves the task alone that only the bucket knows as another edit’s', async () => {
    const doubtful = await uncertain()
    await claimedByAnother(doubtful, 't1')
    const { edit } = await reconcile(doubtful, toolsFor([hands.lane(listing('t1'))]))
    expect(edit).toMatchObject({ state: 'queued', returned: { times: 1 } })
  })

  it('does not adopt a task that another edit claims in the same moment', async () => {
    const doubtful = await uncertain()
    const { list, task } = listing('t1')
    const lane = hands.lane({
      list,
      task: async (taskId) => {
        await claimedByAnother(doubtful, taskId)
        return task(taskId)
      },
    })
    const { edit } = await reconcile(doubtful, toolsFor([lane]))
    expect(edit.state).toBe('uncertain')
    expect(edit.taskId).toBeUndefined()
    expect((await readAttempt(hands.store, 'e', 1)).answer).toBeUndefined()
  })

  it('keeps the tasks that could be its own from all others until a person has decided', async () => {
    const lane = hands.lane(listing('t1', 't2'))
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'review', candidates: ['t1', 't2'] })
    expect(await hands.ledger.ownerOf(laneId, ['t1', 't2'])).toEqual(['e', 'e'])
  })
})

describe('an edit whose submit was proven absent', () => {
  const said = { cause: '5xx', code: 'Http500', message: 'cannot open the picture' }

  it('goes back after its neighbours, and the ledger counts', async () => {
    const step = await reconcile(await uncertain({ said }), toolsFor([hands.lane(listing())]))
    expect(step).toMatchObject({
      edit: { state: 'queued', returned: { why: '5xx Http500', times: 1, inAll: 1 } },
      inMs: 10_000,
    })
    expect(hands.errors()).toEqual([])
  })

  it('fails with the vendor’s words at the third time, which the bucket notes', async () => {
    const returned = { why: '5xx Http500', times: 2, inAll: 2 }
    const edit = await uncertain({ said, returned })
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane(listing())]))
    const failure = { code: 'Http500', message: 'cannot open the picture' }
    expect(after).toMatchObject({ state: 'failed', failure })
    expect(await readEnded(hands.store, 'e', 1)).toEqual({ state: 'failed', failure })
    expect(hands.errors()).toEqual(['submit came to nothing again and again, the edit failed'])
  })

  it.each([
    [8, 'queued'],
    [9, 'review'],
  ])('where the policy resubmits is so %i times and then %s: each may be billed', async (times, state) => {
    const returned = { why: 'resubmitted', times, inAll: times }
    const tools = toolsFor([hands.lane({})], { onUnknown: 'resubmit' })
    const { edit } = await reconcile(await uncertain({ returned }, 25 * hour), tools)
    expect(edit.state).toBe(state)
  })

  it('fails in our words where nobody ever answered', async () => {
    const edit = await uncertain({ said: { cause: 'reset' }, returned: { why: 'reset', times: 9, inAll: 9 } })
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane(listing())]))
    expect(after).toMatchObject({ state: 'failed', failure: { code: 'NeverAnswered' } })
  })
})

describe('a lane that got another name', () => {
  const renamed = (client: Partial<DashScope> = {}) => hands.lane(client, { name: 'renamed' })
  const admission = (lane: Lane, edit: Edit) =>
    admissionOf(lane, edit, { postMs: 6_000, receiptMs: 3_000, queryMs: 1_000 }, 10, place)

  it('finds and adopts what was submitted before', async () => {
    const { edit } = await reconcile(await uncertain(), toolsFor([renamed(listing('t1'))]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't1' })
  })

  it('gives no edit in doubt the task that another one made before', async () => {
    const lane = hands.lane({})
    const first = await hands.queued('other')
    const other = await hands.admitted(first, admission(lane, first))
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
    await claimTask(hands.store, { ...(await hands.queued('other')), lane: 'one', world, attempt: 1 }, 't1')
    const { edit } = await reconcile(await uncertain(), toolsFor([renamed(listing('t1'))]))
    expect(edit.state).toBe('queued')
  })

  it('still keeps back what could be confused with an edit in doubt, counts its slots, and stays paused', async () => {
    const lane = hands.lane({}, { running: 1 })
    const first = await hands.queued('first')
    const edit = await hands.admitted(first, admission(lane, first))
    const alike = await hands.queued('alike')
    const ask = (more: Partial<Lane>) =>
      hands.ledger.admit(alike, admission({ ...renamed(), ...more }, alike))
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
