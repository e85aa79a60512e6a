import type { Batch } from '@restyle/shared/contract/batch'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { BatchRecord } from '@restyle/shared/ledger/made'
import { farAhead } from './list-batches.ts'
import { listEdits, type ListTools } from './list-edits.ts'
import { type FailureSum, firstHour, sumFailures } from './sum-failures.ts'

export type FailureTools = ListTools & { ledger: ListTools['ledger'] & Pick<Ledger, 'now'> }

export type FoundFailures = {
  failures: FailureSum[]
  /** When (epoch ms) the first of their hours begins. */
  hoursFrom: number
  /** What was looked at. */
  looked: { batches: number; edits: number }
  /** There is more that was not looked at. */
  bounded: boolean
}

/** Batches and failed edits, the newest, that one request looks at; and batches that are read at a time. */
const most = { batches: 1_000, edits: 1_000, atOnce: 100 }

/**
 * What came to nothing of a producer, by code. Batches count their rows by code; of edits the newest are read.
 * `since` (epoch ms): of batches that were opened, and edits that were enqueued, then or later.
 */
export async function findFailures(
  producer: string,
  { since, batch }: { since: number | undefined; batch: Batch | undefined },
  tools: FailureTools,
): Promise<FoundFailures> {
  const { records, isCut } = await recordsOf(producer, since, batch, tools)
  const filter = {
    batch,
    name: undefined,
    states: ['failed' as const],
    keyPrefix: undefined,
    isCode: undefined,
    from: batch === undefined ? since : undefined,
    to: undefined,
  }
  const { edits, next } = await listEdits(producer, filter, undefined, most.edits, tools)
  const now = await tools.ledger.now()
  return {
    failures: sumFailures(records, edits, now),
    hoursFrom: firstHour(now),
    looked: { batches: records.length, edits: edits.length },
    bounded: isCut || next !== undefined,
  }
}

async function recordsOf(
  producer: string,
  since: number | undefined,
  batch: Batch | undefined,
  { ledger }: ListTools,
): Promise<{ records: BatchRecord[]; isCut: boolean }> {
  if (batch !== undefined) return { records: await ledger.readBatches([batch.id]), isCut: false }
  const records: BatchRecord[] = []
  let before: { at: number; id?: string } = { at: farAhead }
  while (records.length < most.batches) {
    const made = await ledger.listMade('batches', producer, before, most.atOnce)
    const page = made.filter(({ at }) => at >= (since ?? 0))
    records.push(...(await ledger.readBatches(page.map(({ id }) => id))))
    const last = page.at(-1)
    if (last === undefined || page.length < most.atOnce) return { records, isCut: false }
    before = last
  }
  return { records, isCut: true }
}
