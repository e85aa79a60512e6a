import type { Page } from '@restyle/shared/event/event-stream'
import type { Log } from '@restyle/shared/log'

const mostRemembered = 10_000

/** Logs events that cannot be read and that no reader gets: each once, however often its page is read. */
export function openUnreadableLog(log: Log): (page: Pick<Page, 'unreadable'>, producer: string) => void {
  const told = new Set<string>()
  return ({ unreadable }, producer) => {
    for (const { cursor, reason } of unreadable) {
      const name = `${producer} ${cursor}`
      if (told.has(name)) continue
      if (told.size >= mostRemembered) told.clear()
      told.add(name)
      log.error({ producer, cursor, reason }, 'event could not be read and was left out')
    }
  }
}
