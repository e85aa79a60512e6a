import type { Delivered, EventStream, Page } from '@restyle/shared/event/event-stream'
import { isAway } from '../http/problem-of.ts'
import type { SparingLog } from '../http/sparing-log.ts'
import type { Followers } from './followers.ts'

const pageSize = 100

/** One event as a frame of Server-Sent Events; the browser sends `id` back as `Last-Event-ID`. */
export const frameOf = ({ cursor, event }: Delivered): string =>
  `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

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
 * nobody: whoever is cut off before the first event resumes there. Back-pressure: reads Redis no faster than the client reads. When Redis is away
 * it waits and tries again.
 */
export async function* sseFrames(follow: Follow): AsyncGenerator<string> {
  const { stream, followers, producer, signal, warn, tellUnreadable, heartbeatMs = 15_000 } = follow
  let { cursor } = follow
  yield `retry: 2000\nid: ${cursor}\n\n`
  while (!signal.aborted && !followers.stopping.aborted) {
    try {
      const page = await stream.read(cursor, pageSize)
      tellUnreadable(page, producer)
      for (const delivered of page.delivered) {
        if (signal.aborted) return
        yield frameOf(delivered)
      }
      const isMore = page.cursor !== cursor
      cursor = page.cursor
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
