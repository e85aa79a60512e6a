import { openLedger } from '@restyle/shared/ledger/ledger'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo, failure } from './ledger-world.ts'
import { cny, openMoneyWorld } from './money-world.ts'

/*
 * Eight workers take all that they get under three caps that are met at different times. What becomes of each edit is drawn.
 */

let server: RedisServer
let redis: Redis
let workers: Redis[]
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
  workers = Array.from({ length: 8 }, () => new Redis(server.url))
})
afterAll(async () => {
  for (const each of [redis, ...workers]) each.disconnect()
  await server.stop()
})

const edits = 60
const caps = fc.record({
  batch: fc.integer({ min: 1, max: 40_000 }),
  total: fc.integer({ min: 1, max: 40_000 }),
  day: fc.integer({ min: 1, max: 40_000 }),
})
/** Billed in thousandths of what was reserved; below 0: it fails, above 1,000: nobody knows what became of it. */
const fates = fc.array(fc.integer({ min: -300, max: 1_150 }), { minLength: edits, maxLength: edits })
const prices = fc.array(fc.integer({ min: 1, max: 2_500 }), { minLength: 8, maxLength: 8 })

let runs = 0

describe('eight workers at once', () => {
  it('exceed no cap by one micro at any moment, and what was spent is what was billed', async () => {
    await fc.assert(
      fc.asyncProperty(caps, fates, prices, async ({ batch, total, day }, fate, price) => {
        runs += 1
        const world = openMoneyWorld(redis, `{load${runs}}`)
        await world.openBatch('b', edits, cny(batch))
        await world.capAt([
          { ...cny(total), per: 'total' },
          { ...cny(day), per: 'day' },
        ])
        const [today, ids] = [await world.today(), new Set<string>()]
        let [billed, reserved, looks, over] = [0, 0, 0, '']
        const places = [
          [world.keys.batch('b'), batch],
          [world.keys.spend('acme'), total],
          [world.keys.usage('acme', today), day],
        ] as const
        const look = async (): Promise<void> => {
          const asked = redis.multi()
          for (const [name] of places) asked.hmget(name, 'billed', 'reserved')
          for (const [i, [, sums]] of ((await asked.exec()) ?? []).entries()) {
            const used = (sums as (string | null)[]).reduce((sum, text) => sum + Number(text ?? 0), 0)
            const [name, cap] = places[i] ?? ['', 0]
            if (used > cap) over = `${used} of ${name}, over ${cap}`
          }
          looks += 1
        }
        const work = async (connection: Redis, nth: number): Promise<void> => {
          const ledger = openLedger(connection, world.prefix)
          for (;;) {
            const next = await world.admit({ priceMicros: price[nth] ?? 1 }, ledger)
            if (next.kind !== 'admitted') return
            const { edit } = next
            ids.add(edit.id)
            const drawn = fate[edit.row] ?? 0
            if (drawn > 1_000) reserved += edit.reserved
            else if (drawn < 0) await ledger.move(edit, { to: 'failed', set: { failure } })
            else {
              const running = await ledger.move(edit, changeTo('running', edit.id))
              if (running.kind !== 'moved') throw new Error(running.kind)
              const billedMicros = Math.floor((edit.reserved * drawn) / 1_000)
              billed += billedMicros
              await ledger.move(running.edit, { to: 'rendered', expiresAt: 9, billedMicros })
            }
          }
        }
        const working = Promise.all(workers.map(work)).finally(() => (looks = Infinity))
        while (looks < Infinity) await look()
        await working
        expect(over).toBe('')
        const { entries } = await world.ledger.usageOf('acme', today)
        expect(entries.reduce((sum, { micros }) => sum + micros, 0)).toBe(billed)
        const spend = await world.ledger.spendOf('acme')
        expect([spend['billed'] ?? 0, spend['reserved'] ?? 0]).toEqual([billed, reserved])
        expect((await world.viewed('b')).cost).toMatchObject({ micros: billed, reservedMicros: reserved })
        // each was admitted once
        expect(ids.size).toBeLessThanOrEqual(edits)
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})
