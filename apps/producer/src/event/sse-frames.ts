import type { Delivered, EventStream, Gap, Page } from '@restyle/shared/event/event-stream'
import { isAway } from '../http/problem-of.ts'
import type { SparingLog } from '../http/sparing-log.ts'
import type { Followers } from './followers.ts'

/** How many events are read at first, and at most. */
const perPage = { first: 20, most: 100 }

/** What a stream may hold for a reader who takes nothing; one event may be larger. */
const heldBytes = 256 * 1024

/** One event as a frame of Server-Sent Events; the browser sends `id` back as `Last-Event-ID`. */
export const frameOf = ({ cursor, event }: Delivered): string =>
  `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** What the reader has missed for good, and the place after it. */
export const gapFrame = (gap: Gap): string => `id: ${gap.upTo}\nevent: gap\ndata: ${JSON.stringify(gap)}\n\n`

/** Whose events, from where, and until when. */
export type Follow = {
  stream: Pick<EventStream, 'read'>
  followers: Pick<Followers, 'wait' | 'stopping'>
  producer: string
  cursor: string
  signal: AbortSignal
  warn: SparingLog
  tellUnreadable: (page: Page, producer: string) => void
  heartbeatMs?: number
}

/**
 * Everything after `cursor`, without end. The first block holds the place alone, which `EventSource` notes and tells
 * nobody: whoever is cut off before the first event resumes there. Back-pressure: reads Redis no faster than the client
 * reads, and holds little of what it has read. When Redis is away it waits and tries again.
 */
export async function* sseFrames(follow: Follow): AsyncGenerator<string> {
  const { stream, followers, producer, signal, warn, tellUnreadable, heartbeatMs = 15_000 } = follow
  let { cursor } = follow
  let limit = perPage.first
  yield `retry: 2000\nid: ${cursor}\n\n`
  while (!signal.aborted && !followers.stopping.aborted) {
    try {
      const page = await stream.read(cursor, limit)
      tellUnreadable(page, producer)
      if (page.gap !== undefined) yield gapFrame(page.gap)
      const held = holdable(page.delivered)
      const isMore = page.cursor !== cursor
      cursor = held.length < page.delivered.length ? (held.at(-1)?.cursor ?? cursor) : page.cursor
      // what was read in vain is read again: fewer at a time then
      limit = Math.min(perPage.most, held.length < page.delivered.length ? held.length : limit * 2)
      for (let frame = held.shift(); frame !== undefined; frame = held.shift()) {
        if (signal.aborted) return
        yield frame.text
      }
      if (isMore) continue
    } catch (error) {
      if (!isAway(error)) throw error
      warn({ error, producer }, 'events could not be read')
    }
    const began = performance.now()
    await followers.wait(producer, cursor, heartbeatMs, signal)
    if (performance.now() - began >= heartbeatMs - 1) yield ': heartbeat\n\n'
  }
}

/** The first of these events as frames: as many as a stream may hold, and one at least. */
function holdable(delivered: readonly Delivered[]): { cursor: string; text: string }[] {
  let bytes = 0
  const held: { cursor: string; text: string }[] = []
  for (const each of delivered) {
    const text = frameOf(each)
    bytes += text.length
    if (held.length > 0 && bytes > heldBytes) break
    held.push({ cursor: each.cursor, text })
  }
  return held
}
