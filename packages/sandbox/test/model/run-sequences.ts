import fc from 'fast-check'
import { Redis } from 'ioredis'
import type { RedisServer } from '../../src/redis/start-redis.ts'
import type { Action } from './actions.ts'
import { heal } from './heal.ts'
import { faultOf } from './invariants.ts'
import { type Break, hangUpClocks, inSmallWorld } from './small-world.ts'

/** `steered`: with a batch whose rows rest, beside the edits that came alone. */
export type Plan = {
  sequences: fc.Arbitrary<Action[]>
  samePrompt: boolean
  steered?: boolean
  broken?: Break
}

/** At a time, each in a Redis database of its own: one waits for Redis while another thinks. */
const concurrency = 16

/** A sequence takes a few hundredths of a second, on a busy machine a few tenths. */
const hangsMs = 60_000

/** What does not hold after one sequence, if anything. */
async function faultAfter(
  redis: Redis,
  { samePrompt, steered = false, broken = {} }: Plan,
  actions: Action[],
) {
  await redis.flushdb()
  return inSmallWorld(redis, samePrompt, broken, async (world) => {
    for (const edit of [0, 1]) await world.act({ kind: 'enqueue', edit })
    if (steered) await world.act({ kind: 'batch', stop: { stop: 'never' } })
    for (const action of actions) await world.act(action)
    await heal(world)
    return faultOf(world)
  })
}

async function inDatabases<T>(
  { port }: RedisServer,
  count: number,
  work: (redis: Redis, db: number) => Promise<T>,
) {
  const takeDown = hangUpClocks()
  const connections = Array.from({ length: count }, (_, db) => new Redis({ host: '127.0.0.1', port, db }))
  try {
    return await Promise.all(connections.map(work))
  } finally {
    for (const each of connections) each.disconnect()
    takeDown()
  }
}

/** Runs them all, and throws the shortest counterexample with the seed that finds it again. */
export async function runSequences(server: RedisServer, plan: Plan & { runs: number }): Promise<void> {
  await inDatabases(server, concurrency, (redis) => {
    const property = fc.asyncProperty(plan.sequences, async (actions) => {
      const fault = await faultAfter(redis, plan, actions)
      if (fault !== undefined) throw new Error(fault)
    })
    return fc.assert(property, { numRuns: Math.ceil(plan.runs / concurrency), timeout: hangsMs })
  })
}

/** A fault, the seed that finds it, and within how many sequences it does. */
export type Finding = { fault: string; seed: number; sequences: number }

/** Looks for a fault that is like `finds`, with a few seeds from `seed` on at a time; undefined if `runs` sequences show none. */
export async function findFault(
  server: RedisServer,
  plan: Plan & { runs: number; seed: number; finds: RegExp },
): Promise<Finding | undefined> {
  let found: Finding | undefined
  await inDatabases(server, concurrency, async (redis, db) => {
    const seed = plan.seed + db
    let sequences = 0
    const property = fc.asyncProperty(plan.sequences, async (actions) => {
      if (found !== undefined) return
      sequences += 1
      const fault = await faultAfter(redis, plan, actions)
      if (fault !== undefined && plan.finds.test(fault)) found ??= { fault, seed, sequences }
    })
    await fc.check(property, { numRuns: Math.ceil(plan.runs / concurrency), seed })
  })
  return found
}
