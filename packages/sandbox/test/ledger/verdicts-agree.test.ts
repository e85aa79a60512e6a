import { noVerdict, type Verdict, verdictByte } from '@restyle/shared/contract/planes'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { openLedgerWorld } from './ledger-world.ts'

/*
 * Persons judge the rows of a batch in any order, one by one and many at once, while rows are done again. Whatever they do, the
 * plane, the counts of the batch, and what the events say are the same as in a model that is one array.
 */

let server: RedisServer
let redis: Redis
let runs = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rows = 6
const verdict = fc.constantFrom<Verdict | undefined>('approved', 'rejected', 'redo', undefined)
const row = fc.nat({ max: rows - 1 })
const action = fc.oneof(
  fc.record({ do: fc.constant('judge' as const), row, verdict }),
  fc.record({
    do: fc.constant('order' as const),
    verdict,
    meant: fc.array(fc.boolean(), { maxLength: rows }),
  }),
  fc.record({ do: fc.constantFrom('carry' as const, 'undo' as const, 'abort' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant('move' as const), row, byte: fc.constantFrom('+', 'q') }),
)
type Action = typeof action extends fc.Arbitrary<infer Each> ? Each : never

const byteOf = (of: Verdict | undefined): string => (of === undefined ? noVerdict : verdictByte[of])

type Order = {
  id: string
  verdict: Verdict | undefined
  had: Map<number, string>
  state: string
  before: Map<number, { byte: string; by: string }>
}

/** The rows as one array, what persons ordered, and how many edits were judged alone. */
type Model = { states: string[]; said: string[]; by: string[]; orders: Order[]; singles: number }

const arrayOf = (text: string): string[] => Array.from({ length: rows }, () => text)

async function openWorld() {
  runs += 1
  const world = openLedgerWorld(redis, `{agree${runs}}`)
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: rows })
  await redis.set(world.keys.batchMap('b'), '+'.repeat(rows))
  const model: Model = {
    states: arrayOf('+'),
    said: arrayOf(noVerdict),
    by: arrayOf(''),
    orders: [],
    singles: 0,
  }
  return { ...world, model }
}
type World = Awaited<ReturnType<typeof openWorld>>

/** By somebody else each time, so that nothing is said twice. */
async function judge(
  { ledger, model }: World,
  at: number,
  of: Verdict | undefined,
  who: string,
): Promise<void> {
  const answer = await ledger.judge(
    { id: `b-${at}`, batch: 'b', row: at, key: 'k' },
    { verdict: of, by: who },
  )
  const isSame = of === undefined && model.said[at] === noVerdict
  expect(answer).toBe(model.states[at] !== '+' ? 'open' : isSame ? 'same' : 'done')
  if (answer !== 'done') return
  model.singles += 1
  model.said[at] = byteOf(of)
  model.by[at] = who
}

async function give(
  { ledger, model }: World,
  id: string,
  of: Verdict | undefined,
  meant: readonly boolean[],
): Promise<void> {
  const had = new Map(meant.flatMap((is, at) => (is ? [[at, model.said[at] ?? ''] as const] : [])))
  const bytes = Buffer.alloc(meant.length)
  for (const [at, byte] of had) bytes.write(byte, at)
  const fields = { id, producer: 'acme', batch: 'b', by: 'all', bodyHash: 'h', matched: had.size, skipped: 0 }
  const opened = await ledger.openOperation(of === undefined ? fields : { ...fields, verdict: of }, bytes)
  if (opened === 'opened') model.orders.push({ id, verdict: of, had, state: 'running', before: new Map() })
}

async function go({ ledger, model }: World, verb: 'carry' | 'undo' | 'abort', order: Order): Promise<void> {
  if (verb === 'abort') {
    await ledger.abortOperation(order.id)
    if (order.state === 'running') order.state = 'aborted'
  } else if (verb === 'undo') {
    await ledger.undoOperation(order.id)
    if (order.state !== 'undone') order.state = 'undoing'
  }
  while (await ledger.carryOperation(order.id));
  if (order.state === 'running') carryInModel(order, model)
  else if (order.state === 'undoing') undoInModel(order, model)
  expect((await ledger.readOperation(order.id))?.state).toBe(order.state)
}

function carryInModel(order: Order, { states, said, by }: Model): void {
  for (const [at, byte] of order.had) {
    if (states[at] !== '+' || said[at] !== byte) continue
    order.before.set(at, { byte, by: by[at] ?? '' })
    said[at] = byteOf(order.verdict)
    by[at] = order.id
  }
  order.state = 'done'
}

function undoInModel(order: Order, { said, by }: Model): void {
  for (const [at, before] of order.before) {
    if (by[at] !== order.id) continue
    said[at] = before.byte
    by[at] = before.by
  }
  order.state = 'undone'
}

async function compare({ ledger, model: { said, by } }: World): Promise<void> {
  const plane = said.join('')
  expect(await ledger.verdictBytes('b', 0, rows)).toBe(plane)
  const { approved, rejected, redo } = (await ledger.readBatch('b')) ?? {}
  expect([approved, rejected, redo]).toEqual(['a', 'r', 'd'].map((byte) => plane.split(byte).length - 1))
  for (const [at, kept] of await ledger.verdictsOf('b', 0, rows))
    expect(kept.operation ?? kept.by).toBe(by[at])
}

async function compareEvents({ ledger, model: { orders, singles } }: World): Promise<void> {
  const events = (await ledger.events('acme').page('0', 1_000)).map(({ event }) => event)
  expect(events.filter(({ type }) => type === 'restyle.edit.reviewed')).toHaveLength(singles)
  const told = events.flatMap((event) => (event.type === 'restyle.rows.reviewed' ? [event.data] : []))
  for (const { id, before, state } of orders) {
    if (state === 'running') continue
    const ends = told.filter(({ operation, undone }) => operation === id && undone === undefined)
    expect(ends.map(({ rows: of }) => of)).toEqual(before.size === 0 ? [] : [before.size])
  }
}

/** Carries out the actions, and compares after each. */
async function play(actions: readonly Action[]): Promise<void> {
  const world = await openWorld()
  for (const [i, each] of actions.entries()) {
    if (each.do === 'judge') await judge(world, each.row, each.verdict, `p${i}`)
    else if (each.do === 'order') await give(world, `o${i}`, each.verdict, each.meant)
    else if (each.do === 'move') {
      world.model.states[each.row] = each.byte
      await redis.setrange(world.keys.batchMap('b'), each.row, each.byte)
    } else {
      const { orders } = world.model
      const order = orders[each.which % Math.max(1, orders.length)]
      if (order !== undefined) await go(world, each.do, order)
    }
    await compare(world)
  }
  await compareEvents(world)
}

describe('verdicts', () => {
  it('are the same in the plane, in the counts, in their details and in what is told, whatever persons do', async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), play), {
      numRuns: 60,
      seed: 37,
    })
    expect(runs).toBeGreaterThanOrEqual(60)
  }, 60_000)
})
