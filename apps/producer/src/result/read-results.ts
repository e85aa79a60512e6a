import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { Verdict } from '@restyle/shared/contract/planes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import {
  forgotten,
  readOutcomes,
  readOutcomesOf,
  type RowOutcome,
  withVerdicts,
} from '@restyle/shared/rows/read-outcomes'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { leftOut } from '../http/readable.ts'
import { signImages } from './sign-images.ts'

export type ResultTools = ReadTools & {
  ledger: ReadTools['ledger'] & Pick<Ledger, 'rowsJudged' | 'turn' | 'verdictsOfRows'>
  store: Pick<Store, 'presignGet'>
  log: Log
}

/** Which rows, and for how many seconds the addresses of their images are signed; undefined: not at all. */
export type Asked = { verdict: Verdict | 'none' | undefined; links: number | undefined }

/** So many rows from `from` on, and where the next ones begin; undefined after the last. */
export async function readResults(
  batch: Batch,
  from: number,
  limit: number,
  { verdict, links }: Asked,
  tools: ResultTools,
): Promise<{ outcomes: RowOutcome[]; next: number | undefined }> {
  const { found, next } = await findRows(batch, from, limit, verdict, tools)
  const outcomes = await withVerdicts(batch, found, tools)
  await tellUnreadable(outcomes, tools)
  return { outcomes: links === undefined ? outcomes : await withLinks(outcomes, links, tools), next }
}

async function findRows(
  batch: Batch,
  from: number,
  limit: number,
  verdict: Asked['verdict'],
  tools: ResultTools,
): Promise<{ found: RowOutcome[]; next: number | undefined }> {
  const to = rowsOfBatch(batch)
  if (verdict === undefined) {
    const end = Math.min(from + limit, to)
    return { found: await readOutcomes(batch, from, end, tools), next: end < to ? end : undefined }
  }
  // one more, to see whether any is left
  const rows = await tools.ledger.rowsJudged(batch.id, verdict, { from, to, limit: limit + 1 })
  return { found: await readOutcomesOf(batch, rows.slice(0, limit), tools), next: rows[limit] }
}

async function withLinks(
  outcomes: readonly RowOutcome[],
  seconds: number,
  { store }: ResultTools,
): Promise<RowOutcome[]> {
  const signed: RowOutcome[] = []
  for (const outcome of outcomes) {
    if (outcome.kind === 'unreadable') {
      signed.push(outcome)
      continue
    }
    const { result } = outcome
    const images = await signImages(result.images, seconds, { store, now: Date.now })
    signed.push({ ...outcome, result: { ...result, images } })
  }
  return signed
}

/** Into the log, once a day for each. Nobody has to look at what was forgotten in its time. */
async function tellUnreadable(outcomes: readonly RowOutcome[], { ledger, log }: ResultTools): Promise<void> {
  const bad = outcomes.flatMap((outcome) =>
    outcome.kind === 'unreadable' && outcome.why !== forgotten ? [outcome] : [],
  )
  await leftOut(bad, ledger, log)
}
