import { setTimeout as sleep } from 'node:timers/promises'
import { RestyleEvent } from '@restyle/shared/contract/event'
import { z } from 'zod'
import { type Arena, canaries, producers } from './arena.ts'
import type { History } from './history.ts'

/** An event as a consumer got it; `state` of an edit's. Repeats are listed again. */
export type Delivery = {
  consumer: string
  producer: string
  eventId: string
  type: string
  subject: string
  state?: string
  /** Of an event that tells of several rows. */
  rows?: { firstRow: number; lastRow: number }
  text: string
}

/** Two consumers of each producer: a group that acknowledges and is killed at times, and one that reads from a cursor. */
export type Consumers = {
  deliveries: Delivery[]
  names: { name: string; producer: string }[]
  stop: () => Promise<void>
}

const Page = z.object({ events: z.array(RestyleEvent), cursor: z.string() })

/** One in so many reads of the group ends in a crash before the acknowledgement. */
const crashes = 0.15

export function saidBy(event: RestyleEvent): Pick<Delivery, 'state' | 'rows' | 'text'> {
  const state = 'state' in event.data ? { state: event.data.state } : {}
  const rows = event.type === 'restyle.rows.canceled' ? { rows: event.data } : {}
  return { ...state, ...rows, text: JSON.stringify(event) }
}

/** Starts the consumers; they go on until stopped, whatever Redis and the producer do. */
export function startConsumers(arena: Arena, random: () => number, history: History): Consumers {
  const deliveries: Delivery[] = []
  const stop = new AbortController()
  const names: Consumers['names'] = []
  const loops: Promise<void>[] = []

  const take = (consumer: string, producer: string, events: RestyleEvent[]): void => {
    for (const event of events) {
      const { id: eventId, type, subject } = event
      deliveries.push({ consumer, producer, eventId, type, subject, ...saidBy(event) })
      history.add({ what: 'told', consumer, eventId, type, subject })
    }
  }
  const run = (name: string, producer: string, step: () => Promise<void>): void => {
    names.push({ name, producer })
    loops.push(
      (async () => {
        while (!stop.signal.aborted) {
          // whatever is away now comes back
          await step().catch(() => sleep(100))
          await sleep(60)
        }
      })(),
    )
  }

  for (const [i, producer] of producers.entries()) {
    const group = { producer, name: 'readers' }
    run(`${producer}/group`, producer, async () => {
      // each time: Redis may have lost it
      await arena.ledger.eventGroups.set(group, '0-0', { visibleMs: 400, tries: 1_000_000 })
      const pulled = await arena.ledger.eventGroups.pull(group, { limit: 20 })
      if (pulled.kind !== 'events') return
      take(
        `${producer}/group`,
        producer,
        pulled.taken.map(({ event }) => event),
      )
      if (pulled.taken.length > 0 && random() < crashes) return
      await arena.ledger.eventGroups.ack(
        group,
        pulled.taken.map(({ cursor }) => cursor),
      )
    })

    let cursor = '0'
    run(`${producer}/cursor`, producer, async () => {
      const answer = await fetch(`${arena.producer.url}/v1/events?limit=50&cursor=${cursor}`, {
        headers: { authorization: `Bearer ${canaries.producers[i] ?? ''}` },
        signal: AbortSignal.timeout(3_000),
      })
      const page = Page.parse(await answer.json())
      take(`${producer}/cursor`, producer, page.events)
      ;({ cursor } = page)
    })
  }
  return {
    deliveries,
    names,
    stop: async () => {
      stop.abort()
      await Promise.all(loops)
    },
  }
}
