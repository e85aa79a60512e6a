import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { writeAnswer, writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { reconcile } from '@restyle/worker/reconcile/reconcile'
import { adoptReceipt } from '@restyle/worker/submit/record-outcome'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands, place, world } from './open-hands.ts'

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
  hands = openHands(redis, `{told${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const failure = ownFailure('NeverAnswered', 'no submit was answered: reset')

/** Its producer was told that it failed: its last submit made no task. The ledger went back to before that. */
async function forgotten(state: 'submitting' | 'uncertain'): Promise<Edit> {
  await hands.standing('e', state)
  const edit = await hands.rewrite('e', { world, intentAt: 1, leaseUntil: 2 })
  await writeIntent(hands.store, edit, 'somebody')
  await writeAnswer(hands.store, edit, { v: 1, outcome: 'none', code: 'ProvenAbsent', at: 3 })
  await writeEnded(hands.store, edit, { state: 'failed', failure })
  return edit
}

describe('an attempt that is admitted again, to another lane, by a ledger that forgot its task', () => {
  it('is asked about where its receipt says, and its task is kept for it there', async () => {
    await hands.standing('e', 'submitting')
    const sent = await hands.rewrite('e', { world })
    await writeIntent(hands.store, sent, 'somebody')
    await writeAnswer(hands.store, sent, { v: 1, outcome: 'accepted', taskId: 't1', at: 3 })
    const elsewhere = await hands.rewrite('e', { world: { ...world, account: 'other' } })
    await adoptReceipt(elsewhere, hands.context)
    expect(await hands.read('e')).toMatchObject({ state: 'running', taskId: 't1', world })
    expect(await hands.ledger.ownerOf(laneId, ['t1'])).toEqual(['e'])
  })
})

const lookUp = (edit: Edit, client?: Partial<DashScope>) => {
  const laneOf = () => (client === undefined ? undefined : hands.lane(client))
  const rest = { laneOf, settleMs: 60_000, skewMs: 1_000, onUnknown: 'hold', place } as const
  return reconcile(edit, { ...hands.context, ...rest })
}

/** An uncertain edit whose lease ended two minutes ago. */
async function uncertain(more: Record<string, unknown> = {}): Promise<Edit> {
  await hands.standing('e', 'uncertain')
  const leaseUntil = (await hands.ledger.now()) - 120_000
  const plain = { looks: undefined, returned: undefined, said: undefined, world }
  return hands.rewrite('e', { ...plain, intentAt: leaseUntil - 9_000, leaseUntil, ...more })
}

describe('an edit in doubt', () => {
  it('ends for a person where a receipt cannot be read, with an alarm before', async () => {
    const facts = { contentType: 'application/json', sha256: 's' }
    await hands.store.putIfAbsent('receipts/e/1/intent', Buffer.from('{"v":1,"wri'), facts)
    const looks = { why: 'refused', times: 4, since: Date.now() }
    const { edit } = await lookUp(await uncertain({ looks }))
    expect(edit).toMatchObject({ state: 'uncertain', looks: { times: 5 } })
    expect(hands.errors()).toEqual(['uncertain edit could not be looked up again and again'])
    const long = { why: 'refused', times: 9, since: Date.now() - 660_000, alarmed: true }
    const { edit: held } = await lookUp(await hands.rewrite('e', { looks: long }))
    expect(held).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('receipt') })
  })

  it('is decided by a person under what its receipt says: a rewound ledger has admitted it elsewhere', async () => {
    await writeIntent(hands.store, await uncertain(), 'somebody')
    const elsewhere = await hands.rewrite('e', { world: { ...world, account: 'other' } })
    const item = { state: 'succeeded', rawStatus: '', model: '', createdAt: 1 } as const
    const items = ['t1', 't2'].map((taskId) => ({ taskId, ...item }))
    const images = [{ url: 'https://vendor.test/i.png', expiresAt: undefined, origPrompt: 'make it blue' }]
    const made = { state: 'succeeded' as const, rawStatus: '', images, failures: [], billed: 1 }
    await lookUp(elsewhere, {
      list: async () => ({ kind: 'page', items, total: 2, totalPages: 1, page: 1 }),
      task: async (taskId) => ({ kind: 'task', task: { taskId, ...made } }),
    })
    expect(await hands.read('e')).toMatchObject({ state: 'review', candidates: ['t1', 't2'], world })
    expect(await hands.ledger.ownerOf(laneId, ['t1', 't2'])).toEqual(['e', 'e'])
  })
})

describe('an edit that failed without a task, of which the ledger knows no more', () => {
  it.each(['submitting', 'uncertain'] as const)('ends again as it was told, found %s', async (state) => {
    const { edit } = await lookUp(await forgotten(state))
    expect(edit).toMatchObject({ state: 'failed', failure })
  })

  it('ends again where its attempt is admitted once more', async () => {
    const { edit } = await adoptReceipt(await forgotten('submitting'), hands.context)
    expect(edit).toMatchObject({ state: 'failed', failure })
  })

  it.each([
    ['looked up', (edit: Edit) => lookUp(edit)],
    ['admitted once more', (edit: Edit) => adoptReceipt(edit, hands.context)],
  ])('goes on, %s, where a later attempt shows that the end was overtaken', async (_, act) => {
    const edit = await forgotten('submitting')
    await writeIntent(hands.store, { ...edit, attempt: edit.attempt + 1 }, 'somebody')
    expect((await act(edit)).edit.state).toBe('queued')
  })
})
