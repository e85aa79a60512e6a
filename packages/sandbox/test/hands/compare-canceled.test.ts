import type { Edit } from '@restyle/shared/contract/edit'
import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { type Answer, writeAnswer, writeIntent } from '@restyle/shared/receipt/receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { editOfTake } from '@restyle/shared/rows/retake'
import { writeRetry } from '@restyle/shared/rows/retries'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import { untimed } from '@restyle/worker/hand/pulse'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, failure, lane } from '../ledger/ledger-world.ts'
import { type Hands, laneId, openHands, world } from './open-hands.ts'

/*
 * A Redis that went back to before a submit, and a cancel that ended the edit there.
 */

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
  hands = openHands(redis, `{compared${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 7 }),
  rows: openRowReader(hands.store),
  told: new Set(),
})
const look = (comparedAt?: number) => rebuild(Date.now() - 3600_000, tools(), untimed(), comparedAt)
const told = async () => (await hands.ledger.events('acme').page('0', 100)).map(({ event }) => event.id)
const accepted = (taskId: string): Answer => ({ v: 1, outcome: 'accepted', taskId, at: Date.now() })
const none: Answer = { v: 1, outcome: 'none', code: 'ProvenAbsent', at: 1 }

/** The bucket hears of a submit that the ledger does not know. */
async function sent(edit: NewEdit | Edit, attempt: number, answer?: Answer): Promise<void> {
  const now = Date.now()
  const admitted = { attempt, tries: 0, lane: laneId, world, intentAt: now, leaseUntil: now + 9_000 }
  const full = { ...edit, ...admitted } as unknown as Edit
  await writeIntent(hands.store, full, 'w')
  if (answer !== undefined) await writeAnswer(hands.store, full, answer)
}

describe('an edit that was canceled while its submit was forgotten', () => {
  async function canceled(id: string): Promise<void> {
    await writeCancelOrder(hands.store, 'edit', id, Date.now())
    await hands.ledger.cancelEdit(id)
  }

  it('goes on with its task, is never submitted again, and is told as what it came to', async () => {
    const edit = await hands.queued('edit_1')
    await sent(edit, 1, accepted('t'))
    await canceled('edit_1')
    expect(await look()).toMatchObject({ reopened: 1 })
    const going = await hands.read('edit_1')
    expect(going).toMatchObject({
      state: 'running',
      taskId: 't',
      attempt: 1,
      reserved: 7,
      createdAt: edit.createdAt,
      cancelAsked: expect.any(Number),
    })
    expect(await redis.ttl(hands.keys.edit('edit_1'))).toBe(-1)
    expect(await hands.ledger.overdue(Date.now() + 1_000, 10)).toEqual(['edit_1'])
    expect(await look()).toMatchObject({ reopened: 0 })
    expect(await hands.read('edit_1')).toEqual(going)
    await hands.moved(await hands.moved(going, changeTo('rendered')), { to: 'succeeded' })
    expect(await told()).toEqual(['edit_1-canceled', 'edit_1-succeeded'])
  })

  it('is looked up where nobody knows whether there is a task, and ends as canceled where there is none', async () => {
    await sent(await hands.queued('edit_1'), 1)
    await canceled('edit_1')
    await look()
    const lost = await hands.read('edit_1')
    expect(lost).toMatchObject({ state: 'uncertain', cancelAsked: expect.any(Number) })
    expect(await hands.moved(lost, { to: 'queued' })).toMatchObject({ state: 'canceled' })
  })

  it('stays canceled where that submit came to nothing, or the ledger knows it', async () => {
    await sent(await hands.queued('edit_1'), 1, none)
    await canceled('edit_1')
    const back = await hands.moved(await hands.admitted(await hands.queued('edit_2')), { to: 'queued' })
    await sent(back, 1, accepted('t'))
    await canceled('edit_2')
    await hands.queued('edit_3')
    await canceled('edit_3')
    expect(await look()).toMatchObject({ reopened: 0 })
    for (const id of ['edit_1', 'edit_2', 'edit_3'])
      expect(await hands.read(id)).toMatchObject({ state: 'canceled' })
  })

  it('is not looked at again once that was done long after its end', async () => {
    await sent(await hands.queued('edit_1'), 1, accepted('t'))
    await canceled('edit_1')
    expect(await look(Date.now() + 7 * 60_000)).toMatchObject({ reopened: 0 })
    expect(await look(Date.now() + 5 * 60_000)).toMatchObject({ reopened: 1 })
  })
})

describe('a batch that was canceled while submits of it were forgotten', () => {
  const batch = 'batch_1'
  const rows: NewEdit[] = [0, 1, 2, 3, 4].map((row) => asked(`${batch}-${row}`, { batch, row }))
  const [atRest, wasEdit, untouched, toNothing, done] = rows as [NewEdit, NewEdit, NewEdit, NewEdit, NewEdit]
  const opening: NewBatch = { id: batch, producer: 'acme', name: '', bodyHash: 'h', total: 5 }
  const lots = [{ model: lane.model, class: 'standard' }]
  const counts = async () => hands.ledger.readBatch(batch)

  async function taken(): Promise<void> {
    await writeLots(hands.store, batch, lots)
    await writeChunk(hands.store, batch, rows)
    await writeOpening(hands.store, opening, Date.now())
    await hands.ledger.openBatch(opening)
    await hands.ledger.appendRows({ batch, first: 0, count: 5, lots })
  }
  async function canceled(): Promise<void> {
    await writeCancelOrder(hands.store, 'batch', batch, Date.now())
    await hands.ledger.cancelBatch(batch)
  }

  it('has those go on, whether they rested or were queued, and completes once more', async () => {
    await taken()
    await hands.ledger.accept([wasEdit, done])
    await hands.moved(await hands.read(done.id), { to: 'failed', set: { failure } })
    await sent(atRest, 1, accepted('t0'))
    await sent(wasEdit, 2, accepted('t1'))
    await sent(toNothing, 1, none)
    await sent(done, 1, accepted('t4'))
    // its edits have not followed yet: that is done first
    await canceled()
    expect(await look()).toMatchObject({ reopened: 2 })
    expect(await hands.ledger.unsettled()).toEqual([])
    expect(await hands.read(atRest.id)).toMatchObject({
      state: 'running',
      taskId: 't0',
      cancelAsked: expect.any(Number),
    })
    expect(await hands.read(wasEdit.id)).toMatchObject({ state: 'running', taskId: 't1', attempt: 2 })
    expect(await hands.ledger.read(untouched.id)).toBeUndefined()
    expect(await counts()).toMatchObject({ running: 2, canceled: 2, failed: 1, resting: 0, reserved: 14 })
    expect(await counts()).not.toHaveProperty('completedAt')
    for (const name of [hands.keys.batch(batch), hands.keys.batchMap(batch)])
      expect(await redis.ttl(name)).toBe(-1)
    expect(await redis.smembers(hands.keys.openEdits(batch))).toHaveLength(2)
    expect(await look()).toMatchObject({ reopened: 0 })
    for (const { id } of [atRest, wasEdit])
      await hands.moved(await hands.moved(await hands.read(id), changeTo('rendered')), { to: 'succeeded' })
    expect(await counts()).toMatchObject({
      succeeded: 2,
      canceled: 2,
      failed: 1,
      completedAt: expect.any(Number),
    })
    const completed = (await told()).filter((id) => id.includes('completed'))
    expect(completed).toEqual([`${batch}-completed`, `${batch}-completed-2`])
  })

  it('has the newest edit of a row go on that was retried, and that the ledger knows as failed', async () => {
    await taken()
    await hands.ledger.accept([done])
    await hands.moved(await hands.read(done.id), { to: 'failed', set: { failure } })
    const order = { v: 1 as const, at: Date.now(), rows: 1, request: { prompt: 'again' }, map: '....-' }
    await writeRetry(hands.store, batch, 1, order)
    await sent(editOfTake(done, 2, order.request), 1, accepted('t'))
    await writeCancelOrder(hands.store, 'batch', batch, Date.now(), 1)
    expect(await look()).toMatchObject({ reopened: 1 })
    expect(await hands.read(`${done.id}-2`)).toMatchObject({
      state: 'running',
      taskId: 't',
      take: 2,
      request: { prompt: 'again' },
    })
    expect(await counts()).toMatchObject({ running: 1, failed: 0, canceled: 4, retries: 1 })
    expect((await hands.ledger.failuresOf(batch)).get(failure.code)).toBe(0)
  })

  it('is not listed again once that was done long after its end', async () => {
    await taken()
    await sent(atRest, 1, accepted('t'))
    await canceled()
    expect(await look(Date.now() + 7 * 60_000)).toMatchObject({ reopened: 0 })
    expect(await look()).toMatchObject({ reopened: 1 })
  })
})
