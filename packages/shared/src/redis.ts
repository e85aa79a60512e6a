import { Redis } from 'ioredis'

/** How long workers and producers wait for Redis, by role. */
const options = {
  // BullMQ's workers wait for Redis to come back, however long that takes
  worker: { maxRetriesPerRequest: null },
  // a caller over HTTP is told at once that nothing can be accepted now
  producer: { maxRetriesPerRequest: 1, enableOfflineQueue: true, connectTimeout: 2000, commandTimeout: 5000 },
}

/**
 * Connects to `redis://…`, `rediss://…` or `redis+sentinel://host:port,host:port/<master name>`.
 * Never throws: a Redis that is away is connected to when it comes.
 */
export function connectRedis(
  url: string,
  role: 'worker' | 'producer',
  onError: (error: Error) => void,
): Redis {
  const redis = url.startsWith('redis+sentinel://')
    ? new Redis({ ...sentinels(url), ...options[role] })
    : new Redis(url, options[role])
  return redis.on('error', onError)
}

function sentinels(url: string) {
  const [hosts = '', name = 'mymaster'] = url.slice('redis+sentinel://'.length).split('/')
  return {
    name,
    sentinels: hosts.split(',').map((each) => {
      const [host = '127.0.0.1', port = '26379'] = each.split(':')
      return { host, port: Number(port) }
    }),
  }
}
