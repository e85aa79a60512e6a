import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Freed } from '@restyle/shared/ledger/freed'
import type { BucketGate } from '@restyle/shared/store/bucket-gate'
import type { HandContext } from '../hand/step.ts'
import { cardOf, type Deadlines, type Lane, type ReceiptPlace, roomOf } from '../lane/lane.ts'
import { openBreakers } from './breakers.ts'
import type { ChosenDelivery } from './choose-delivery.ts'
import { dispatch, type DispatchTools } from './dispatch.ts'
import { sourceAddresses, type SourceBuckets } from './source-addresses.ts'
import type { SourcePatience } from './source-trouble.ts'

/** Submits to every lane until the worker stops; ends when the submits under way have ended. */
export async function submitToLanes(
  context: HandContext,
  services: SourceBuckets & {
    lanes: readonly Lane[]
    deadlines: Deadlines
    freed: Freed
    gate: BucketGate
    delivery: ChosenDelivery
    place: ReceiptPlace
    sourcePatience?: SourcePatience | undefined
  },
  config: { RESTYLE_COPIES_BEHIND: number },
): Promise<void> {
  const { lanes, deadlines, freed, gate, place, sourcePatience } = services
  const { delivery, because } = services.delivery
  context.log.info({ delivery, because }, 'source pictures in buckets are delivered to the vendor')
  const tools: DispatchTools = {
    ...context,
    breakers: openBreakers(),
    deadlines,
    freed,
    gate,
    sourcePatience,
    addresses: sourceAddresses(delivery, context.store, {
      ...services,
      noteFolder: (lane, folder) => context.ledger.lanes.announce({ ...cardOf(lane), uploads: folder }),
    }),
    roomOf: (lane) => roomOf(lane, deadlines, config.RESTYLE_COPIES_BEHIND, place),
    writer: `${hostname()}-${process.pid}-${randomUUID()}`,
  }
  await Promise.all(lanes.map((lane) => dispatch(lane, tools)))
}
