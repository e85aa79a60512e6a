import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { mapByte } from '@restyle/shared/contract/edit-state'
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
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { leftOut } from '../http/readable.ts'
import { signImages } from './sign-images.ts'

export type ResultTools = KeyNames &
  ReadTools & {
    ledger: ReadTools['ledger'] & Pick<Ledger, 'readMap' | 'rowsJudged' | 'turn' | 'verdictsOfRows'>
    store: Pick<Store, 'presignGet'>
    log: Log
  }

/** How a row has ended. */
export const endStates = ['succeeded', 'failed', 'canceled'] as const

/**
 * Which rows, by what a person said or by how they ended, and for how many seconds the addresses of their images are signed;
 * undefined: not at all.
 */
export type Asked = {
  verdict: Verdict | 'none' | undefined
  state: (typeof endStates)[number] | undefined
  links: number | undefined
}

/** So many rows from `from` on, and where the next ones begin; undefined after the last. */
export async function readResults(
  batch: Batch,
  from: number,
  limit: number,
  { links, ...which }: Asked,
  tools: ResultTools,
): Promise<{ outcomes: RowOutcome[]; next: number | undefined }> {
  const { found, next } = await findRows(batch, from, limit, which, tools)
  const outcomes = await withNames(await withVerdicts(batch, found, tools), tools)
  await tellUnreadable(outcomes, tools)
  return { outcomes: links === undefined ? outcomes : await withLinks(outcomes, links, tools), next }
}

async function findRows(
  batch: Batch,
  from: number,
  limit: number,
  { verdict, state }: Omit<Asked, 'links'>,
  tools: ResultTools,
): Promise<{ found: RowOutcome[]; next: number | undefined }> {
  const to = rowsOfBatch(batch)
  if (verdict === undefined && state === undefined) {
    const end = Math.min(from + limit, to)
    return { found: await readOutcomes(batch, from, end, tools), next: end < to ? end : undefined }
  }
  // one more, to see whether any is left
  const range = { from, to, limit: limit + 1 }
  const rows =
    verdict === undefined
      ? await rowsIn(batch, state ?? 'failed', range, tools)
      : await tools.ledger.rowsJudged(batch.id, verdict, range)
  return { found: await readOutcomesOf(batch, rows.slice(0, limit), tools), next: rows[limit] }
}

/** Bytes of the map that are read at a time. */
const bytesAtOnce = 65_536

/** The first `limit` rows from `from` on before `to` that have ended so. */
async function rowsIn(
  { id }: Batch,
  state: (typeof endStates)[number],
  { from, to, limit }: { from: number; to: number; limit: number },
  { ledger }: ResultTools,
): Promise<number[]> {
  const rows: number[] = []
  for (let at = from; at < to && rows.length < limit; at += bytesAtOnce) {
    const map = await ledger.readMap(id, at, Math.min(to, at + bytesAtOnce))
    for (let found = map.indexOf(mapByte[state]); found >= 0; found = map.indexOf(mapByte[state], found + 1))
      rows.push(at + found)
  }
  return rows.slice(0, limit)
}

async function withNames(outcomes: readonly RowOutcome[], tools: KeyNames): Promise<RowOutcome[]> {
  const results = outcomes.flatMap((outcome) => (outcome.kind === 'result' ? [outcome.result] : []))
  const named = (await nameVerdicts(results, tools)).values()
  return outcomes.map((outcome) =>
    outcome.kind === 'result' ? { ...outcome, result: named.next().value ?? outcome.result } : outcome,
  )
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
