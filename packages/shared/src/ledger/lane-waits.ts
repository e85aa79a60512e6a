import { z } from 'zod'
import { jsonOf } from '../contract/json-of.ts'
import type { Met } from '../forecast/waits-for.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import type { LedgerContext } from './record.ts'

const MetText = jsonOf(
  z.object({
    kind: z.enum(['source', 'bucket', 'vendor']),
    code: z.string(),
    message: z.string(),
    at: z.number(),
  }),
)

/** So long after the next try at the latest, what was met has another reason (ms). */
const metMs = 180_000

/** Longer texts are cut: what a vendor says may have any length. */
const mostOfMessage = 500

/** What tells why nothing moves, beside the pauses. */
export const openWaits = ({ redis, keys }: LedgerContext) => ({
  /** What was met with an edit of this batch, which is tried again in `inMs`. */
  noteMet: async (batch: string, { message, ...met }: Met, inMs: number): Promise<void> => {
    const text = JSON.stringify({ ...met, message: message.slice(0, mostOfMessage) })
    await evenWhenFull(redis, 'SET', keys.met(batch), text, 'PX', Math.ceil(inMs) + metMs)
  },

  metOf: async (batch: string): Promise<Met | undefined> =>
    MetText.safeParse(await redis.get(keys.met(batch))).data,
})
