import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** What Redis has done since it started: calls by command (those inside scripts too), and its own CPU in ms. */
export type RedisCost = { calls: ReadonlyMap<string, number>; cpuMs: number }

export async function readRedisCost(redis: RedisClient): Promise<RedisCost> {
  const stats = await redis.info('commandstats')
  const calls = new Map<string, number>()
  for (const [, name = '', count] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
    calls.set(name, Number(count))
  const cpu = await redis.info('cpu')
  const seconds = (field: string) => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(cpu)?.[1] ?? 0)
  return { calls, cpuMs: (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1000 }
}

/** What it did between two readings, for each of `edits`. Scripts are the round trips that hold most of the rest. */
export function costPerEdit(before: RedisCost, after: RedisCost, edits: number) {
  const calls = [...after.calls].map(
    ([name, count]) => [name, (count - (before.calls.get(name) ?? 0)) / edits] as const,
  )
  const sum = (some: (name: string) => boolean) =>
    calls.filter(([name]) => some(name)).reduce((total, [, count]) => total + count, 0)
  return {
    commands: sum((name) => name !== 'info'),
    scripts: sum((name) => name === 'evalsha' || name === 'eval'),
    cpuMs: (after.cpuMs - before.cpuMs) / edits,
    byCommand: Object.fromEntries(
      calls.filter(([, count]) => count >= 0.05).toSorted(([, a], [, b]) => b - a),
    ),
  }
}
