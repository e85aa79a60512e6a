import { type Edit, viewOf } from '@restyle/shared/contract/edit'
import { digestOf } from '@restyle/shared/ids'
import { EditState, mapByte, moves } from '@restyle/shared/contract/edit-state'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { RestorePoint } from '@restyle/shared/ledger/restore'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, failure, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const alike = digestOf(asked('').request.prompt)

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let tests = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  world = openLedgerWorld(redis, `{states${tests}}`)
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 2, bodyHash: 'h' })
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const row: Partial<NewEdit> = { batch: 'b', row: 0 }

/** What an edit in a state has beside its hash, and what its producer has heard by then. Said here once more, on purpose. */
const expected: Record<EditState, { has: string; told?: string }> = {
  queued: { has: 'turn' },
  submitting: { has: 'due slot post fingerprint money' },
  uncertain: { has: 'due slot fingerprint money' },
  review: { has: 'due money held', told: 'restyle.edit.held e-held-1' },
  running: { has: 'due slot money' },
  rendered: { has: 'due rendered' },
  succeeded: { has: '', told: 'restyle.edit.succeeded e-succeeded' },
  failed: { has: '', told: 'restyle.edit.failed e-failed' },
  canceled: { has: '', told: 'restyle.edit.canceled e-canceled' },
}

const passingFields = [
  'taskId',
  'sourceTrouble',
  'unseenSince',
  'refusedQueries',
  'uncertainBecause',
  'said',
  'looks',
  'returned',
  'turnedAway',
  'candidates',
  'foundTasks',
] as const

/** Fields that go when an edit leaves these states. */
const mayHave: Record<(typeof passingFields)[number], readonly EditState[]> = {
  taskId: ['running', 'review', 'rendered', 'succeeded', 'failed', 'canceled'],
  sourceTrouble: ['queued'],
  unseenSince: ['running'],
  refusedQueries: ['running'],
  uncertainBecause: ['uncertain', 'review'],
  said: ['uncertain', 'review'],
  looks: ['uncertain', 'review'],
  returned: EditState.options.filter((state) => state !== 'running'),
  turnedAway: EditState.options.filter((state) => state !== 'running'),
  candidates: ['review'],
  foundTasks: ['review'],
}

async function hasNow(id: string): Promise<string> {
  const { keys } = world
  const found = {
    turn: await redis.zscore(keys.group(lane.model, 'standard', 'acme', alike), id),
    due: await redis.zscore(keys.due, id),
    slot: await redis.zscore(keys.running('one'), id),
    post: await redis.zscore(keys.posting('one'), id),
    fingerprint: (await redis.hget(keys.uncertain('one'), alike)) === id ? id : null,
    money: Number(await redis.hget(keys.spend('acme'), 'reserved')) > 0 ? id : null,
    rendered: await redis.zscore(keys.rendered, id),
    held: await redis.zscore(keys.held('acme'), id),
  }
  return Object.entries(found)
    .flatMap(([name, value]) => (value === null ? [] : [name]))
    .join(' ')
}

const told = async () =>
  (await world.ledger.events('acme').page('0', 10)).map(({ event }) => `${event.type} ${event.id}`)

/** The edit is in its state in every respect, and nowhere else. */
async function isWholly(edit: Edit | undefined, state: EditState): Promise<void> {
  const read = await world.ledger.read('e')
  expect(edit).toEqual(read)
  expect(read?.state).toBe(state)
  expect(await hasNow('e')).toBe(expected[state].has)
  expect(read?.reserved).toBe(expected[state].has.includes('money') ? lane.priceMicros : 0)
  expect((await world.ledger.readMap('b')).replace(/\0.*/, '')).toBe(mapByte[state])
  const counts = (await world.ledger.readBatch('b')) ?? ({} as Record<EditState, number>)
  expect(EditState.options.filter((each) => counts[each] !== 0)).toEqual([state])
  const passing = passingFields.filter((name) => read?.[name])
  expect(passing.filter((name) => !mayHave[name].includes(state))).toEqual([])
}

const allMoves = EditState.options.flatMap((from) => moves[from].map((to) => ({ from, to })))

describe('every move', () => {
  it.each(allMoves)(
    'from $from to $to leaves nothing of the one and lacks nothing of the other',
    async (move) => {
      const stands = await world.standing('e', move.from, row)
      // one that waits has moved within its state, and has what is kept of that
      const edit = move.from === 'queued' ? await world.moved(stands, changeTo('queued')) : stands
      const before = await told()
      const after =
        move.to === 'submitting' ? await world.admitted(edit) : await world.moved(edit, changeTo(move.to))
      await isWholly(after, move.to)
      // an event for each entry into a state that has one, and for nothing else
      expect((await told()).slice(before.length)).toEqual(expected[move.to].told?.split(',') ?? [])
    },
  )

  it.each(EditState.options.filter((state) => expected[state].told !== undefined))(
    'to %s tells the edit as it is then',
    async (state) => {
      const request = { ...asked('e').request, metadata: { shelf: '7' } }
      const edit = await world.standing('e', state, { ...row, request, traceparent: '00-1-2-01' })
      const [delivered] = await world.ledger.events('acme').page('0', 1)
      expect(delivered?.event).toMatchObject({
        subject: 'e',
        source: '/restyle/producers/acme',
        traceparent: '00-1-2-01',
        data: viewOf(edit),
      })
    },
  )
})

const stood = { attempt: 1, tries: 0 }
const posted = { lane: 'one', reserved: lane.priceMicros }
const points: RestorePoint[] = [
  { ...stood, state: 'queued' },
  { ...stood, ...posted, state: 'uncertain', fingerprint: alike, intentAt: 1, leaseUntil: 2 },
  { ...stood, ...posted, state: 'running', taskId: 'task-e', submittedAt: 1 },
  { ...stood, state: 'rendered', lane: 'one', taskId: 'task-e', images: [{ index: 0 }], billed: 7 },
  { ...stood, state: 'failed', failure, billed: 7 },
  { ...stood, state: 'canceled' },
]

describe('restoring', () => {
  it.each(points)('to $state leads to what a move there leads to', async (point) => {
    expect(await world.ledger.restore(asked('e', row), point)).toBe('restored')
    const edit = await world.ledger.read('e')
    await isWholly(edit, point.state)
    expect(edit).toMatchObject({ ...asked('e', row), ...point, version: 1 })
    expect(await told()).toEqual(expected[point.state].told?.split(',') ?? [])
    expect((await world.ledger.readBatch('b'))?.billed).toBe(edit?.billed)
    expect(await world.ledger.ownerOf('one', ['task-e'])).toEqual([edit?.taskId && 'e'])
  })

  it('leaves an edit that is known as it is', async () => {
    const edit = await world.standing('e', 'running', row)
    expect(await world.ledger.restore(asked('e', row), { ...stood, state: 'canceled' })).toBe('known')
    await isWholly(edit, 'running')
    expect(await told()).toEqual([])
  })

  it('leaves a task with the edit that has it', async () => {
    await world.standing('other', 'running')
    const point: RestorePoint = {
      ...stood,
      ...posted,
      state: 'running',
      taskId: 'task-other',
      submittedAt: 1,
    }
    await world.ledger.restore(asked('e', row), point)
    expect(await world.ledger.ownerOf('one', ['task-other'])).toEqual(['other'])
  })

  it('has the next sweep look at what goes on', async () => {
    await world.ledger.restore(asked('e', row), {
      ...stood,
      ...posted,
      state: 'running',
      taskId: 't',
      submittedAt: 1,
    })
    expect(await world.ledger.overdue(await world.ledger.now(), 10)).toEqual(['e'])
  })

  it('counts the images that are in the bucket, and is alarmed for none of them', async () => {
    const stored = { key: 'k', sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' }
    const images = [
      { index: 0, stored },
      { index: 1, failure },
    ]
    const point: RestorePoint = { ...stood, state: 'rendered', images, billed: 7 }
    await world.ledger.restore(asked('e', row), point)
    expect((await world.ledger.readBatch('b'))?.images).toBe(1)
    expect(await world.ledger.dying(3600_000)).toBeUndefined()
  })

  it('ends the batch whose last row it brings back', async () => {
    await world.standing('b-1', 'failed', { batch: 'b', row: 1 })
    await world.ledger.restore(asked('e', row), { ...stood, state: 'canceled' })
    expect(await told()).toEqual([
      'restyle.edit.failed b-1-failed',
      'restyle.edit.canceled e-canceled',
      'restyle.batch.completed b-completed',
    ])
    expect(await redis.ttl(world.keys.edit('e'))).toBeGreaterThan(0)
  })
})

describe('an edit that is opened again after a cancel', () => {
  const going = points.filter(({ state }) => state !== 'queued' && state !== 'canceled')
  it.each(going)('to $state has what a move there leads to', async (point) => {
    const { createdAt } = await world.standing('e', 'canceled', row)
    expect(await world.ledger.reopen(asked('e', row), point)).toBe('reopened')
    const edit = await world.ledger.read('e')
    await isWholly(edit, point.state)
    expect(edit).toMatchObject({ ...asked('e', row), ...point, createdAt })
    expect(await told()).toEqual([
      'restyle.edit.canceled e-canceled',
      ...(expected[point.state].told?.split(',') ?? []),
    ])
    expect((await world.ledger.readBatch('b'))?.billed).toBe(edit?.billed)
    expect(await world.ledger.ownerOf('one', ['task-e'])).toEqual([edit?.taskId && 'e'])
  })

  it('is none of which the ledger knows that attempt, or that ended in another way', async () => {
    const point: RestorePoint = { ...stood, ...posted, state: 'running', taskId: 't', submittedAt: 1 }
    await world.moved(await world.standing('a', 'running'), { to: 'canceled' })
    await world.standing('f', 'failed', row)
    await world.standing('s', 'failed')
    const before = await world.ledger.readMany(['a', 'f', 's'])
    expect(await world.ledger.reopen(asked('a'), point)).toBe('known')
    expect(await world.ledger.reopen(asked('f', row), point)).toBe('known')
    expect(await world.ledger.reopen(asked('s'), { ...point, attempt: 2 })).toBe('known')
    expect(await world.ledger.reopen(asked('no'), point)).toBe('known')
    expect(await world.ledger.readMany(['a', 'f', 's'])).toEqual(before)
  })
})

describe('a change', () => {
  it('cannot fail an edit without a reason', () => {
    // @ts-expect-error: `failure` is missing
    const change: Parameters<LedgerWorld['moved']>[1] = { to: 'failed', set: {} }
    expect(change.to).toBe('failed')
  })
})
