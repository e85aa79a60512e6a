import type { Facts, Violation } from './facts.ts'

/** What Redis forgets is told again only as far as it is an end. */
const forgets = ['redis-rewind', 'redis-restored', 'redis-crash'] as const

/** What one consumer of a producer read from the stream its webhook was sent, by its id. */
export function everyEventIsDelivered({ deliveries, consumers, struck }: Facts): Violation[] {
  if (forgets.some((fault) => struck.has(fault))) return []
  return consumers.flatMap(({ name, producer }) => {
    if (name !== `${producer}/webhook`) return []
    const heardBy = (consumer: string) => deliveries.filter((each) => each.consumer === consumer)
    const sent = new Set(heardBy(name).map(({ eventId }) => eventId))
    return heardBy(`${producer}/cursor`).flatMap(({ eventId, subject }): Violation[] =>
      sent.has(eventId)
        ? []
        : [{ invariant: 'I4', what: `${name} was not sent ${eventId}`, editId: subject }],
    )
  })
}
