import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@restyle/client/client'
import { RestyleEvent } from '@restyle/shared/contract/event'
import { compareCursors } from '@restyle/shared/event/cursor'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { seededRandom } from '../dashscope/dice.ts'
import type { Behaviour } from '../webhook/start-receiver.ts'
import { type Arena, canaries, producers } from './arena.ts'
import { type Consumers, saidBy } from './consumers.ts'
import type { History } from './history.ts'

/** The webhook of each producer, a consumer as the others are; what it has taken, it was told. */
export type ChaosWebhooks = {
  /** Whether the endpoints die, hang and answer errors from now on. */
  disturb: (on: boolean) => void
  stop: () => Promise<void>
}

/** What an endpoint does with a request when it is disturbed, in shares of one. */
const misdeeds: readonly (readonly [share: number, how: Behaviour])[] = [
  [0.12, { kind: 'answer', status: 500, body: 'not today' }],
  [0.18, { kind: 'hang' }],
  [0.24, { kind: 'reset' }],
  [0.28, { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
  [0.32, { kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
]
const fine: Behaviour = { kind: 'answer', status: 204 }

/** An endpoint is dead for a second in each four. */
const [aliveMs, deadMs] = [3_000, 1_000]

/** Registers an endpoint for each producer, with dice of its own: what else a seed does is not changed by it. */
export async function startWebhooks(
  arena: Arena,
  history: History,
  { deliveries, names }: Pick<Consumers, 'deliveries' | 'names'>,
): Promise<ChaosWebhooks> {
  const random = seededRandom(27)
  const stop = new AbortController()
  let disturbed = false
  for (const [i, producer] of producers.entries()) {
    const receiver = arena.receivers[i]
    if (receiver === undefined) continue
    const consumer = `${producer}/webhook`
    const client = createClient({ url: arena.producer.url, key: canaries.producers[i] ?? '' })
    await client.webhooks.add({ url: receiver.url, secret: canaries.webhook, after: '0' })
    names.push({ name: consumer, producer })
    receiver.behave(({ body }) => {
      const dice = random()
      const how = disturbed ? (misdeeds.find(([share]) => dice < share)?.[1] ?? fine) : fine
      if (how !== fine) return how
      const event = RestyleEvent.parse(JSON.parse(body))
      const { id: eventId, type, subject } = event
      deliveries.push({ consumer, producer, eventId, type, subject, ...saidBy(event) })
      history.add({ what: 'told', consumer, eventId, type, subject })
      return how
    })
  }
  const dying = (async () => {
    while (!stop.signal.aborted) {
      await sleep(aliveMs, undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted || !disturbed) continue
      for (const receiver of arena.receivers) await receiver.die()
      await sleep(deadMs)
      for (const receiver of arena.receivers) await receiver.revive()
    }
  })()
  return {
    disturb: (on) => {
      disturbed = on
    },
    stop: async () => {
      stop.abort()
      await dying
    },
  }
}

/** What waits for minutes until its next attempt comes now. */
export async function hurryWebhooks({ redis, ledger }: Arena): Promise<void> {
  const keys = ledgerKeys(defaultPrefix)
  const now = await ledger.now()
  for (const name of await ledger.webhooks.all()) {
    const late = await redis.zrangebyscore(keys.webhookRetries(name.id), now + 1_000, '+inf')
    for (const cursor of late) await redis.zadd(keys.webhookRetries(name.id), 'XX', now, cursor)
    const notBefore = Number((await redis.hget(keys.webhook(name.id), 'notBefore')) ?? 0)
    if (notBefore > now + 1_000) await redis.hdel(keys.webhook(name.id), 'notBefore')
    if (late.length > 0) await ledger.webhooks.remind([name], now)
  }
}

/** How many events wait for another attempt, and of how many webhooks new ones were not sent. */
export async function undelivered({ ledger }: Arena): Promise<number> {
  let left = 0
  for (const { producer, id } of await ledger.webhooks.all()) {
    const cursor = (await ledger.webhooks.read(id))?.cursor ?? '0'
    left += await ledger.webhooks.waiting(id)
    if (compareCursors(await ledger.events(producer).end(), cursor) > 0) left += 1
  }
  return left
}
