import { type Hours, textOfHours, windowAt } from '../zone/window.ts'
import type { Answer, LedgerContext } from './record.ts'

/** When the window of a batch closes (epoch ms), and what stops it where it is closed now. */
export type WindowPlace = { closesAt: number; stop?: { until: number; detail: string } }

/** Where a window stands at `now` (epoch ms): one that is closed is said to close after it has opened again. */
export function placeOfWindow(hours: Hours, now: number): WindowPlace {
  const { open, until } = windowAt(hours, now)
  if (open) return { closesAt: until }
  const opens = new Date(until).toISOString().replace('.000Z', 'Z')
  const detail = `It is outside of its hours, ${textOfHours(hours)}: it goes on by itself at ${opens}`
  return { closesAt: windowAt(hours, until).until, stop: { until, detail } }
}

/** What the scripts are asked with. */
export const askOfWindow = ({ closesAt, stop }: WindowPlace) => ({
  closesAt: String(closesAt),
  ...(stop === undefined ? {} : { stop: { untilAt: String(stop.until), detail: stop.detail } }),
})

/** The windows of batches. */
export type Windows = {
  /** Batches whose window is to be looked at by `now` (epoch ms): it has closed. */
  due(now: number, limit: number): Promise<string[]>
  /** Says until when the window of a batch is open, or closed. A batch that has ended is in no list any more. */
  set(batch: string, place: WindowPlace): Promise<'done' | 'same' | 'none'>
  /** A batch without a window. */
  drop(batch: string): Promise<void>
}

export const openWindows = ({ redis, keys, run }: LedgerContext): Windows => ({
  due: (now, limit) => redis.zrangebyscore(keys.windows, '-inf', now, 'LIMIT', 0, limit),
  set: async (batch, place) => {
    const [kind] = (await run('set-window', [keys.batch(batch)], { batch, ...askOfWindow(place) })) as Answer
    return kind as 'done' | 'same' | 'none'
  },
  drop: async (batch) => {
    await redis.zrem(keys.windows, batch)
  },
})
