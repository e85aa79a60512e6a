import { setTimeout as sleep } from 'node:timers/promises'
import { redisOutages } from '../../src/redis/redis-outages.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
import type { RedisServer } from '../../src/redis/start-redis.ts'
import { openStory, until } from '../stories/story.ts'

/** Commands that Redis refused so far, or 0 where it answers none. */
const refusals = ({ port }: RedisServer) =>
  tell(port, async (redis) => Number(/total_error_replies:(\d+)/.exec(await redis.info('stats'))?.[1])).catch(
    () => 0,
  )

const loud = (lines: Record<string, unknown>[]) =>
  lines.filter(({ level }) => level === 'warn' || level === 'error')

describe('a Redis that', () => {
  // most of it is waiting
  it.concurrent.each(redisOutages)(
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
