import type { EventGroups } from '@restyle/shared/ledger/event-groups'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { AckBody, GroupPath, receiptOf, ReturnBody, SettledAnswer } from './group-schemas.ts'
import { noSuchGroup } from './pull-events.ts'

type Tools = { ledger: { eventGroups: Pick<EventGroups, 'ack' | 'again'> } }

const config = { scope: 'events' } as const
const tags = ['events']
const response = { 200: SettledAnswer, ...refusals }

/** What becomes of events that a group has handed out. */
export function settleRoutes(app: Api, { ledger }: Tools): void {
  acknowledge(app, ledger)
  giveBack(app, ledger)
  extend(app, ledger)
}

function settled(count: number | undefined): { settled: number } {
  if (count === undefined) throw noSuchGroup()
  return { settled: count }
}

function acknowledge(app: Api, { eventGroups }: Tools['ledger']): void {
  app.post(
    '/v1/event-groups/:name/ack',
    {
      config,
      schema: {
        operationId: 'acknowledgeEvents',
        summary: 'These events are handled: they are not handed out again',
        description: 'Also where an event was handed out again by now.',
        tags,
        params: GroupPath,
        body: AckBody,
        'x-problems': ['not-found'],
        response,
      },
    },
    async ({ params: { name }, body, producer }) => {
      const cursors = body.receipts.map((text) => receiptOf(text).cursor)
      return settled(await eventGroups.ack({ producer, name }, cursors))
    },
  )
}

function giveBack(app: Api, { eventGroups }: Tools['ledger']): void {
  app.post(
    '/v1/event-groups/:name/return',
    {
      config,
      schema: {
        operationId: 'returnEvents',
        summary: 'These events were not handled: they are handed out again',
        description: 'What was handed out again by now stays with whoever has it.',
        tags,
        params: GroupPath,
        body: ReturnBody,
        'x-problems': ['not-found'],
        response,
      },
    },
    async ({ params: { name }, body, producer }) => {
      const { receipts, afterSeconds, untried } = body
      const how = { afterMs: Math.round(afterSeconds * 1_000), untried }
      return settled(await eventGroups.again({ producer, name }, receipts.map(receiptOf), how))
    },
  )
}

function extend(app: Api, { eventGroups }: Tools['ledger']): void {
  app.post(
    '/v1/event-groups/:name/extend',
    {
      config,
      schema: {
        operationId: 'extendEvents',
        summary: 'These events are still being handled: the time for them begins anew',
        tags,
        params: GroupPath,
        body: AckBody,
        'x-problems': ['not-found'],
        response,
      },
    },
    async ({ params: { name }, body, producer }) =>
      settled(await eventGroups.again({ producer, name }, body.receipts.map(receiptOf), {})),
  )
}
