import { z } from 'zod'
import { jsonOf } from '../contract/json-of.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import type { LedgerContext } from './record.ts'

/** A person's pause of a lane: since when (epoch ms), and which producer's key it came with. It ends by a person only. */
const Stop = z.object({ since: z.number(), by: z.string() })
export type Stop = z.infer<typeof Stop>

const StopText = jsonOf(Stop)

/** What a person pauses of a lane. */
export const openStops = ({ redis, keys }: LedgerContext) => ({
  /** Pauses the lane until a person resumes it; the vendor's own pause is another. A pause that is there stays. */
  stop: async (lane: string, stop: Stop): Promise<void> => {
    await evenWhenFull(redis, 'SET', keys.stop(lane), JSON.stringify(stop), 'NX')
  },

  /** Ends a person's pause, and tells whoever waits for the lane. */
  restart: async (lane: string): Promise<void> => {
    await redis.del(keys.stop(lane))
    await redis.publish(keys.freed(lane), 'paused')
  },

  stoppedBy: async (lane: string): Promise<Stop | undefined> => {
    const text = await redis.get(keys.stop(lane))
    if (text === null) return undefined
    return StopText.safeParse(text).data ?? { since: 0, by: '?' }
  },
})
