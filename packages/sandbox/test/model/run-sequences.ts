import fc from 'fast-check'
import { Redis } from 'ioredis'
import type { RedisServer } from '../../src/redis/start-redis.ts'
import type { Action } from './actions.ts'
import { clear } from './backup.ts'
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

/**
 * At a time, each under a prefix of its own. They send and hear in one go what they have at a time: on several connections, of which
 * one thinks while Redis is at work for another, they would be done sooner where nothing else runs, and cost more.
 */
const concurrency = 24

/** A sequence takes a few hundredths of a second; the first ones of all worlds, on a machine that others use, a minute. */
const hangsMs = 300_000

/** What does not hold after one sequence, if anything. */
async function faultAfter(
  { redis, prefix }: Room,
  { samePrompt, steered = false, broken = {} }: Plan,
  actions: Action[],
) {
  await clear(redis, prefix)
  return inSmallWorld(redis, prefix, { samePrompt, broken }, async (world) => {
    for (const edit of [0, 1]) await world.act({ kind: 'enqueue', edit })
    if (steered) await world.act({ kind: 'batch', stop: { stop: 'never' } })
    for (const action of actions) await world.act(action)
    await heal(world)
    return faultOf(world)
  })
}

/** Where one sequence after the other is run. */
type Room = { redis: Redis; prefix: string }

async function inRooms<T>({ port }: RedisServer, work: (room: Room, i: number) => Promise<T>): Promise<T[]> {
  const takeDown = hangUpClocks()
  const options = { host: '127.0.0.1', port, enableAutoPipelining: true }
  const redis = new Redis(options)
  const rooms = Array.from({ length: concurrency }, (_, i) => ({ redis, prefix: `{m${i}}` }))
  try {
    return await Promise.all(rooms.map(work))
  } finally {
    redis.disconnect()
    takeDown()
  }
}

/** Runs them all, and throws the shortest counterexample with the seed that finds it again. */
export async function runSequences(server: RedisServer, plan: Plan & { runs: number }): Promise<void> {
  await inRooms(server, (room) => {
    const property = fc.asyncProperty(plan.sequences, async (actions) => {
      const fault = await faultAfter(room, plan, actions)
      if (fault !== undefined) throw new Error(fault)
    })
    // the message says what does not hold, which a cause does not
    return fc.assert(property, {
      numRuns: Math.ceil(plan.runs / concurrency),
      timeout: hangsMs,
      includeErrorInReport: true,
    })
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
  await inRooms(server, async (room, i) => {
    const seed = plan.seed + i
    let sequences = 0
    // where one has found it, all others end: to make up sequences takes longer than to look at a few
    const property = fc.asyncProperty(plan.sequences, async (actions) => {
      if (found !== undefined) return false
      sequences += 1
      const fault = await faultAfter(room, plan, actions)
      if (fault !== undefined && plan.finds.test(fault)) found ??= { fault, seed, sequences }
      return found === undefined
    })
    await fc.check(property, { numRuns: Math.ceil(plan.runs / concurrency), seed, endOnFailure: true })
  })
  return found
}
