import fc from 'fast-check'
import { Redis } from 'ioredis'
import type { RedisServer } from '../../src/redis/start-redis.ts'
import type { Action } from './actions.ts'
import { faultOf } from './invariants.ts'
import { type Break, openSmallWorld } from './small-world.ts'

export type Plan = { sequences: fc.Arbitrary<Action[]>; samePrompt: boolean; broken?: Break }

/** At a time, each in a Redis database of its own: one waits for Redis while another thinks. */
const atOnce = 16

/** A sequence takes a few hundredths of a second, on a busy machine a few tenths. */
const hangsMs = 60_000

/** Whether every sequence ends well. */
const property = (redis: Redis, { sequences, samePrompt, broken }: Plan) =>
  fc.asyncProperty(sequences, async (actions) => {
    await redis.flushdb()
    const world = await openSmallWorld(redis, samePrompt, broken)
    for (const edit of [0, 1]) await world.act({ kind: 'enqueue', edit })
    for (const action of actions) await world.act(action)
    await world.heal()
    const fault = await faultOf(world)
    if (fault !== undefined) throw new Error(fault)
  })

async function inDatabases<T>(
  { port }: RedisServer,
  count: number,
  work: (redis: Redis, db: number) => Promise<T>,
) {
  const connections = Array.from({ length: count }, (_, db) => new Redis({ host: '127.0.0.1', port, db }))
  try {
    return await Promise.all(connections.map(work))
  } finally {
    for (const each of connections) each.disconnect()
  }
}

/** Runs them all, and throws the shortest counterexample with the seed that finds it again. */
export async function runSequences(server: RedisServer, plan: Plan & { runs: number }): Promise<void> {
  await inDatabases(server, atOnce, (redis) =>
    fc.assert(property(redis, plan), { numRuns: Math.ceil(plan.runs / atOnce), timeout: hangsMs }),
  )
}

/** The first sentence that does not hold within so many sequences, the same ones for a seed; undefined if all hold. */
export async function firstFault(
  server: RedisServer,
  plan: Plan & { runs: number; seed: number },
): Promise<string | undefined> {
  const [fault] = await inDatabases(server, 1, async (redis) => {
    const { errorInstance } = await fc.check(property(redis, plan), {
      numRuns: plan.runs,
      seed: plan.seed,
      endOnFailure: true,
    })
    return errorInstance instanceof Error ? errorInstance.message : undefined
  })
  return fault
}
