import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'

type WatchTools = { ledger: Pick<Ledger, 'now' | 'turn' | 'webhooks'>; log: Log }

/** A webhook that nobody looks after for so long is an alarm: workers look within seconds. */
const lateMs = 5 * 60_000
const everyMs = 60_000

/** Looks until it is stopped whether somebody sends events to webhooks: where no worker runs, none could tell. */
export function startWebhookWatch(tools: WatchTools): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, stopping.signal)
      if (stopping.signal.aborted) return
      await watchWebhooks(tools).catch((error: unknown) => {
        if (outageOf(error) === undefined) tools.log.warn({ err: error }, 'webhooks could not be watched')
      })
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return watching
    },
  }
}

/** Once. */
export async function watchWebhooks({ ledger, log }: WatchTools): Promise<void> {
  const [late] = await ledger.webhooks.overdue((await ledger.now()) - lateMs, 1)
  if (late === undefined || !(await ledger.turn('alarm:webhooks', 3600_000))) return
  log.error({ producer: late.producer, webhook: late.id }, 'nobody sends events to webhooks: no worker runs')
}
