import { Cluster, type Redis } from 'ioredis'

/** A connection to one server, directly or through Sentinels, or to a cluster: what the product does works on each. */
export type RedisClient = Redis | Cluster

/** Another connection to the same place, opened when it is first used. */
export const anotherLike = (redis: RedisClient): RedisClient =>
  redis instanceof Cluster
    ? redis.duplicate(undefined, { lazyConnect: true })
    : redis.duplicate({ lazyConnect: true })

/** The names of all keys that fit a pattern, perhaps more than once. */
export async function* keysLike(redis: RedisClient, match: string): AsyncGenerator<string> {
  // a cluster knows its nodes once it has answered something
  await redis.exists(match)
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis])
    for await (const page of node.scanStream({ match, count: 1000 })) yield* page as string[]
}
