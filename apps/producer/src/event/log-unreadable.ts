import type { Page } from '@restyle/shared/event/event-stream'
import type { Log } from '@restyle/shared/log'

/** A person has to look: these events are told to nobody, and the others go on. */
export function logUnreadable({ unreadable }: Page, producer: string, log: Log): void {
  for (const { cursor, reason } of unreadable)
    log.error({ producer, cursor, reason }, 'event could not be read and was left out')
}
