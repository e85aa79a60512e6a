import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { HandOptions } from '../hand/run-hand.ts'
import type { HandContext } from '../hand/step.ts'
import type { Freed } from '@restyle/shared/ledger/freed'
import type { Deadlines, Lane, ReceiptPlace } from '../lane/lane.ts'
import { openBreakers } from './breakers.ts'
import type { ChosenDelivery } from './choose-delivery.ts'
import { sourceAddresses, type SourceBuckets } from './source-addresses.ts'
import type { SourcePatience } from './source-trouble.ts'
import { submit, type SubmitTools } from './submit.ts'
import { waitForLane } from './wait-for-lane.ts'

/** The hand that submits: one for each model that the worker's lanes serve, each over a backlog of its own. */
export function submitHands(
  context: HandContext,
  services: SourceBuckets & {
    lanes: readonly Lane[]
    deadlines: Deadlines
    freed: Freed
    delivery: ChosenDelivery
    place: ReceiptPlace
    sourcePatience?: SourcePatience | undefined
  },
  config: { RESTYLE_COPIES_BEHIND: number },
): HandOptions[] {
  const { lanes, deadlines, freed, place } = services
  const { delivery, because } = services.delivery
  context.log.info({ delivery, because }, 'source pictures in buckets are delivered to the vendor')
  const lanesFor = (model: string) => lanes.filter((lane) => lane.model.id === model)
  const tools: SubmitTools = {
    ...context,
    breakers: openBreakers(),
    deadlines,
    lanesFor,
    sourcePatience: services.sourcePatience,
    addresses: sourceAddresses(delivery, context.store, services),
    waitForLane: waitForLane(context, lanes, freed, deadlines, config.RESTYLE_COPIES_BEHIND, place),
    writer: `${hostname()}-${process.pid}-${randomUUID()}`,
  }
  const models = [...new Set(lanes.map(({ model }) => model.id))]
  return models.map((model) => ({
    hand: 'submit',
    model,
    // one edit waits for a slot while the others are being posted
    concurrency: lanesFor(model).reduce((sum, lane) => sum + lane.posting, 1),
    takeStep: (edit) => submit(edit, tools),
  }))
}
