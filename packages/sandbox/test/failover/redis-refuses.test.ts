import { setTimeout as sleep } from 'node:timers/promises'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { redisOutages } from '../../src/redis/redis-outages.ts'
import { startManagedRedis, tell } from '../../src/redis/start-managed-redis.ts'
import { startSentinel } from '../../src/redis/start-sentinel.ts'
import type { RedisServer } from '../../src/redis/start-redis.ts'
import { openStory, until } from '../stories/story.ts'
import { openInstallation } from './open-installation.ts'

/** Commands that Redis refused so far, or 0 where it answers none. */
const refusals = ({ port }: RedisServer) =>
  tell(port, async (redis) => Number(/total_error_replies:(\d+)/.exec(await redis.info('stats'))?.[1])).catch(
    () => 0,
  )

const loud = (lines: Record<string, unknown>[]) =>
  lines.filter(({ level }) => level === 'warn' || level === 'error')

describe('a Redis that', () => {
  it.each(redisOutages)(
    '$name is told of once and asked calmly, and what ran ends after it',
    async (fault) => {
      const story = await openStory({ dashscope: { durations: { medianMs: 800_000, sigma: 0.1 } } })
      const { redisServer, ledger } = story.world
      const said = (text: string) => story.lines.filter(({ msg }) => msg === text)
      let over = false
      try {
        // some run and some wait, so that both kinds of a hand are asking for work
        const ids = await story.enqueueMany(8)
        await until(
          async () => (await ledger.readMany(ids)).filter((edit) => edit?.state === 'running').length >= 3,
        )
        await fault.begin(redisServer)
        const from = story.lines.length
        const before = await refusals(redisServer)
        const over8s = sleep(8000)
        while ((await Promise.race([over8s, sleep(500, 'going on')])) === 'going on')
          await story.enqueue().catch(() => {})
        expect(loud(story.lines.slice(from)).length).toBeLessThan(10)
        expect((await refusals(redisServer)) - before).toBeLessThan(500)
        const codes = said('redis is away').map(({ code }) => code)
        // once by each of both; a producer before a full Redis refuses by itself and does not meet it
        expect([1, 2]).toContain(codes.filter((code) => code === fault.code).length)

        await fault.end(redisServer)
        over = true
        await story.ended(ids, 30_000)
        await until(() => said('redis is back').length > 0)
      } finally {
        if (!over) await fault.end(redisServer)
        await story.stop()
      }
    },
  )
})

describe('a master that hangs', () => {
  it('is survived although the old master keeps its connections and answers nothing', async () => {
    const sentinel = await startSentinel()
    const hosts = sentinel.sentinels.map(({ host, port }) => `${host}:${port}`).join(',')
    const installation = await openInstallation(`redis+sentinel://${hosts}/${sentinel.name}`)
    const { ledger, dashscope } = installation
    const old = await sentinel.master()
    try {
      const before = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`before-${i}`)))
      await installation.redis.wait(1, 5000)
      old.suspend()
      await sentinel.promoted(old)
      const from = performance.now()
      const after = await installation.enqueue('after')
      await until(async () => (await ledger.read(after))?.state === 'succeeded', 25_000)
      // at once: without the word of the Sentinels the silence would have to be noticed, which takes 30 s
      expect(performance.now() - from).toBeLessThan(25_000)
      // one that came to nothing when the master hung waits a while at the tail of its backlog
      const ids = [...before, after]
      await until(
        async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
        60_000,
        async () => (await ledger.readMany(ids)).map((edit) => edit?.state),
      )
      expect(dashscope.bill.images).toBe(ids.length)
    } finally {
      old.resume()
      await installation.stop()
      await sentinel.stop()
    }
  })
})

describe('a server that hangs for good behind an address that leads elsewhere by now', () => {
  it('is left for the one behind the address', async () => {
    const managed = await startManagedRedis()
    const redis = connectRedis(managed.url, 'producer', () => {})
    const old = managed.master
    try {
      await redis.set('a', '1')
      old.suspend()
      await managed.failover('hangs')
      await until(
        () =>
          redis.set('a', '2').then(
            () => true,
            () => false,
          ),
        20_000,
      )
      expect(await tell(managed.master.port, (direct) => direct.get('a'))).toBe('2')
    } finally {
      redis.disconnect()
      old.resume()
      await managed.stop()
    }
  })
})

describe('a managed failover that leaves connections open', () => {
  it('is survived: both apps go to the new master, and nothing is lost or doubled', async () => {
    const managed = await startManagedRedis()
    const installation = await openInstallation(managed.url)
    const { dashscope, ledger, s3 } = installation
    try {
      const before = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`before-${i}`)))
      await installation.redis.wait(1, 5000)
      await managed.failover()
      const after = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`after-${i}`)))
      const ids = [...before, ...after]
      await until(
        async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
        30_000,
        async () => (await ledger.readMany(ids)).map((edit) => edit?.state),
      )
      expect(managed.proxy.faults.fired.reset).toBe(0)
      expect(dashscope.bill.images).toBe(ids.length)
      expect(s3.objects('restyle').filter(({ key }) => key.startsWith('local/'))).toHaveLength(ids.length)
    } finally {
      await installation.stop()
      await managed.stop()
    }
  })
})
