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

/** Carries out the actions, and compares with an array after each. */
async function play(actions: readonly Action[]): Promise<void> {
  runs += 1
  const { ledger, keys } = openLedgerWorld(redis, `{agree${runs}}`)
  await ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: rows })
  await redis.set(keys.batchMap('b'), '+'.repeat(rows))
  const states = Array.from({ length: rows }, () => '+')
  const said = Array.from({ length: rows }, () => noVerdict)
  const by = Array.from({ length: rows }, () => '')
  type Order = { id: string; verdict: Verdict | undefined; had: Map<number, string>; state: string }
  const orders: (Order & { before: Map<number, { byte: string; by: string }> })[] = []
  let singles = 0

  for (const [i, each] of actions.entries()) {
    if (each.do === 'judge') {
      const edit = { id: `b-${each.row}`, batch: 'b', row: each.row, key: 'k' }
      // each by somebody else, so that nothing is said twice
      const answer = await ledger.judge(edit, { verdict: each.verdict, by: `p${i}` })
      const isSame = each.verdict === undefined && said[each.row] === noVerdict
      expect(answer).toBe(states[each.row] !== '+' ? 'open' : isSame ? 'same' : 'done')
      if (answer !== 'done') continue
      singles += 1
      said[each.row] = byteOf(each.verdict)
      by[each.row] = `p${i}`
    } else if (each.do === 'move') {
      states[each.row] = each.byte
      await redis.setrange(keys.batchMap('b'), each.row, each.byte)
    } else if (each.do === 'order') {
      const had = new Map(each.meant.flatMap((is, at) => (is ? [[at, said[at] ?? ''] as const] : [])))
      const bytes = Buffer.alloc(each.meant.length)
      for (const [at, byte] of had) bytes.write(byte, at)
      const order = { id: `o${i}`, verdict: each.verdict, had, state: 'running', before: new Map() }
      const fields = { id: order.id, producer: 'acme', batch: 'b', by: 'all', bodyHash: 'h' }
      const more = {
        matched: had.size,
        skipped: 0,
        ...(each.verdict === undefined ? {} : { verdict: each.verdict }),
      }
      if ((await ledger.openOperation({ ...fields, ...more }, bytes)) === 'opened') orders.push(order)
    } else {
      const order = orders[each.which % Math.max(1, orders.length)]
      if (order === undefined) continue
      if (each.do === 'abort') {
        await ledger.abortOperation(order.id)
        if (order.state === 'running') order.state = 'aborted'
      } else if (each.do === 'undo') {
        await ledger.undoOperation(order.id)
        if (order.state !== 'undone') order.state = 'undoing'
      }
      while (await ledger.carryOperation(order.id));
      if (order.state === 'running') {
        for (const [at, byte] of order.had) {
          if (states[at] !== '+' || said[at] !== byte) continue
          order.before.set(at, { byte, by: by[at] ?? '' })
          said[at] = byteOf(order.verdict)
          by[at] = order.id
        }
        order.state = 'done'
      } else if (order.state === 'undoing') {
        for (const [at, before] of order.before) {
          if (by[at] !== order.id) continue
          said[at] = before.byte
          by[at] = before.by
        }
        order.state = 'undone'
      }
      expect((await ledger.readOperation(order.id))?.state).toBe(order.state)
    }
    const plane = said.join('')
    expect(await ledger.verdictBytes('b', 0, rows)).toBe(plane)
    const { approved, rejected, redo } = (await ledger.readBatch('b')) ?? {}
    expect([approved, rejected, redo]).toEqual(['a', 'r', 'd'].map((byte) => plane.split(byte).length - 1))
    const known = await ledger.verdictsOf('b', 0, rows)
    for (const [at, kept] of known) expect(kept.operation ?? kept.by).toBe(by[at])
  }
  const events = (await ledger.events('acme').page('0', 1_000)).map(({ event }) => event)
  expect(events.filter(({ type }) => type === 'restyle.edit.reviewed')).toHaveLength(singles)
  const told = events.flatMap((event) => (event.type === 'restyle.rows.reviewed' ? [event.data] : []))
  for (const order of orders.filter(({ state }) => state !== 'running')) {
    const ends = told.filter(({ operation, undone }) => operation === order.id && undone === undefined)
    expect(ends.map(({ rows: of }) => of)).toEqual(order.before.size === 0 ? [] : [order.before.size])
  }
}

describe('verdicts', () => {
  it('are the same in the plane, in the counts, in their details and in what is told, whatever persons do', async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), play), {
      numRuns: 60,
      seed: 37,
    })
  }, 60_000)
})
