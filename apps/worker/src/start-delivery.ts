import type { Dispatcher } from 'undici'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { allowRanges } from '@restyle/shared/webhook/endpoint-address'
import type { WorkerConfig } from './config.ts'
import { type DeliverHand, deliverHand } from './deliver/deliver-hand.ts'
import { defaultPace, type DeliverPace } from './deliver/deliver-round.ts'
import { listenForEvents, wakeOverdue } from './deliver/wake-webhooks.ts'
import type { Duty } from './duty.ts'
import type { QueueSettings } from './hand/run-queue.ts'
import type { HandContext } from './hand/step.ts'
import { closeSoon } from './leave.ts'
import { turnMs } from './sweep.ts'

/** What a test puts in place of something. */
export type DeliveryOverrides = {
  /** How endpoints are reached; by default public addresses only, and those that the installation allows. It is closed here. */
  endpoints?: Dispatcher
  pace?: Partial<DeliverPace>
  /** Called with a webhook when it has answered and nobody else knows. */
  onAnswered?: (webhook: string) => Promise<void>
}

export type Delivery = {
  worker: DeliverHand['worker']
  /** Ends when the worker stops. */
  listening: Promise<void>
  duty: Duty
}

const everyMs = 1_000

/** Starts what sends events to webhooks. `own`: a connection that only waits for events. */
export function startDelivery(
  context: Pick<HandContext, 'ledger' | 'log' | 'stopping' | 'random'>,
  { settings, own, opened }: { settings: QueueSettings; own: RedisClient; opened: AsyncDisposableStack },
  config: Pick<WorkerConfig, 'RESTYLE_WEBHOOK_RANGES' | 'RESTYLE_DELIVER_CONCURRENCY' | 'proxies'>,
  overrides: DeliveryOverrides = {},
): Delivery {
  const guard = { allow: allowRanges(config.RESTYLE_WEBHOOK_RANGES), proxies: config.proxies }
  const { endpoints: dispatcher = guardedAgent(guard), onAnswered } = overrides
  opened.defer(() => closeSoon(() => dispatcher.close()))
  const concurrency = config.RESTYLE_DELIVER_CONCURRENCY
  const pace = { ...defaultPace, ...overrides.pace }
  const options = { concurrency, dispatcher, pace, ...(onAnswered && { onAnswered }) }
  const hand = deliverHand(context, options, settings)
  opened.defer(() => closeSoon(() => hand.close()))
  const tools = { ledger: context.ledger, wake: hand.wake }
  return {
    worker: hand.worker,
    listening: listenForEvents(own, tools, context.stopping),
    duty: { name: 'webhooks', everyMs, work: () => wakeOverdue(tools, turnMs(everyMs)) },
  }
}
