import { type Batch, rowsOfBatch } from './contract/batch.ts'
import { stopsOf } from './contract/stop.ts'
import type { WaitsFor } from './contract/waits-for.ts'
import { type Asked, queueFor } from './forecast/load.ts'
import { type LaneNow, type WaitFacts, waitsForOf } from './forecast/waits-for.ts'
import type { Forecasts } from './forecasts.ts'
import type { LaneCard, Lanes } from './ledger/lanes.ts'
import type { Ledger } from './ledger/ledger.ts'

export type WaitTools = {
  ledger: Pick<Ledger, 'lotsOf' | 'stopsOfProducer'> & {
    lanes: Pick<Lanes, 'metOf' | 'pausedBy' | 'runningCount' | 'servedBy' | 'stoppedBy'>
  }
  forecasts: Pick<Forecasts, 'lanesOf' | 'loadOf'>
  /** Epoch ms. */
  now: () => number
}

/** Why nothing of a batch is on its way; undefined where something is, or where it has ended. */
export async function waitsOf(batch: Batch, tools: WaitTools): Promise<WaitsFor | undefined> {
  if (batch.completedAt !== undefined || batch.submitting + batch.running > 0) return undefined
  const { ledger } = tools
  const lots = batch.queued + batch.resting === 0 ? [] : await ledger.lotsOf(batch.id)
  const [producerStops, bucket, met, ...models] = await Promise.all([
    ledger.stopsOfProducer(batch.producer),
    ledger.lanes.pausedBy('bucket'),
    ledger.lanes.metOf(batch.id),
    ...lots.map((lot) => modelNow(batch, lot, tools)),
  ])
  return waitsForOf({
    counts: { ...batch, waiting: batch.queued + batch.resting },
    ...openOf(batch),
    stops: stopsOf(batch.pausedAt, batch.stops),
    producerStops,
    ...(bucket === undefined ? {} : { bucketRefusedWith: bucket.code }),
    models,
    ...(met === undefined ? {} : { met }),
  })
}

/** A batch whose rows were all taken is closed, as one whose number of rows was known at once. */
function openOf({ total, held, ...batch }: Batch): Pick<WaitFacts, 'open'> {
  if (total !== undefined && rowsOfBatch({ ...batch, total }) >= total) return {}
  return { open: held === undefined ? 'taking' : 'held' }
}

type Lot = { model: string; class: string }

async function modelNow(
  batch: Batch,
  { model, class: lotClass }: Lot,
  { ledger, forecasts, now }: WaitTools,
): Promise<WaitFacts['models'][number]> {
  const [cards, load] = await Promise.all([forecasts.lanesOf(model), forecasts.loadOf(model)])
  const asked = {
    producer: batch.producer,
    class: classOf(lotClass),
    mine: { rows: batch.queued + batch.resting, images: batch.queued + batch.resting },
    batch: batch.id,
    priority: batch.priority,
  }
  return {
    model,
    lanes: await Promise.all(cards.map((card) => laneNow(card, ledger))),
    before: queueFor(load, asked, now()).before.rows,
  }
}

const classOf = (text: string): Asked['class'] =>
  text === 'interactive' || text === 'bulk' ? text : 'standard'

async function laneNow({ id, running: slots }: LaneCard, { lanes }: WaitTools['ledger']): Promise<LaneNow> {
  const [served, stop, pause, running] = await Promise.all([
    lanes.servedBy(id),
    lanes.stoppedBy(id),
    lanes.pausedBy(id),
    lanes.runningCount(id),
  ])
  return {
    slots,
    running,
    ...(served === undefined ? {} : { served }),
    stopped: stop !== undefined,
    ...(pause === undefined ? {} : { refusedWith: pause.code }),
  }
}
