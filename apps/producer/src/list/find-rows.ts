import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { RestyleError } from '@restyle/shared/errors'
import { readEdits, type ReadTools } from '@restyle/shared/rows/read-edits'
import { chunksBetween } from '@restyle/shared/rows/read-rows'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'
import { plain, type Sought } from './parse-search.ts'

/*
 * Which rows of one batch have a key or a prompt, as numbers: a page that has a byte of each row narrows what it shows by them. What
 * a row asks for stands in its chunk in the bucket, wherever the row is by now; a thousand rows are one read. A request looks at a
 * bounded number of rows, for a bounded time, and says where to go on.
 */

/** What is looked for in a row. */
export type SoughtInRow = Pick<Sought, 'text' | 'keyPrefix' | 'prompts'>

export type FindTools = ReadTools & {
  store: Pick<Store, 'list'>
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
}

/** Rows counted from 0: from the first on before the second. */
type Range = readonly [from: number, to: number]

export type FoundRows = {
  rows: Range[]
  matched: number
  /** Those that the bucket does not have, or whose chunk is damaged. */
  unreadable: Range[]
  /** The first row that was not looked at. */
  to: number
}

/** What one request looks at: rows, ms. Then it answers what it has. */
const most = { rows: 100_000, ms: 2_000 }

/** So many chunks are read at a time. */
const atOnce = 4

/** The rows of a batch from `from` on that are meant. Throws what the store throws. */
export async function findRows(
  batch: Batch,
  sought: SoughtInRow,
  from: number,
  tools: FindTools,
): Promise<FoundRows> {
  const turn = openTurns()
  const until = tools.monotonic() + most.ms
  const end = Math.min(rowsOfBatch(batch), from + most.rows)
  const found: FoundRows = { rows: [], matched: 0, unreadable: [], to: from }
  if (from >= end) return { ...found, to: Math.min(from, rowsOfBatch(batch)) }
  const chunks = await chunksBetween(tools.store, batch.id, from, end)
  for (let i = 0; i < chunks.length; i += atOnce) {
    // something is looked at however slow it is: the next request would be as slow
    if (i > 0 && tools.monotonic() >= until) return found
    const reads = chunks
      .slice(i, i + atOnce)
      .map(async ({ first, end: next }) => ({ first, next, read: await asksOf(batch, first, sought, tools) }))
    for (const { first, next, read } of await Promise.all(reads)) {
      pass(found, Math.min(first, end))
      for (const [row, asks] of read.entries()) {
        if (first + row < found.to || first + row >= end) continue
        if (asks === undefined) add(found.unreadable, found.to)
        else if (isMeant(asks, sought)) {
          add(found.rows, found.to)
          found.matched += 1
        }
        found.to += 1
      }
      // a damaged chunk says nothing of how many it has
      if (read.length === 0) pass(found, Math.min(next ?? end, end))
      await turn()
    }
  }
  pass(found, end)
  return found
}

/** Rows before `to` that were not found where they should be. */
function pass(found: FoundRows, to: number): void {
  for (; found.to < to; found.to += 1) add(found.unreadable, found.to)
}

function add(ranges: Range[], row: number): void {
  const last = ranges.at(-1)
  if (last?.[1] === row) ranges[ranges.length - 1] = [last[0], row + 1]
  else ranges.push([row, row + 1])
}

type Asks = { key: string; prompt: string }

const isMeant = ({ key, prompt }: Asks, { text = '', keyPrefix = '', prompts }: SoughtInRow): boolean =>
  key.startsWith(text) && key.startsWith(keyPrefix) && prompts.every((part) => plain(prompt).includes(part))

/** What the rows of a chunk ask for, those of retried rows as they were asked last; undefined for one that cannot be read. */
async function asksOf(
  batch: Batch,
  first: number,
  { prompts }: SoughtInRow,
  tools: FindTools,
): Promise<readonly (Asks | undefined)[]> {
  const rows = await chunkOf(batch.id, first, tools)
  if (prompts.length === 0 || batch.retries === 0 || rows.length === 0) return rows
  const records = await readEdits(batch, first, first + rows.length, tools)
  return records.map((record) =>
    record.kind === 'edit' ? { key: record.edit.key, prompt: record.edit.request.prompt } : undefined,
  )
}

async function chunkOf(batch: string, first: number, { rows: reader }: FindTools): Promise<readonly Asks[]> {
  try {
    const { rows = [] } = (await reader.chunkAt(batch, first)) ?? {}
    return rows.map(({ key, request }) => ({ key, prompt: request.prompt }))
  } catch (error) {
    if (error instanceof RestyleError && error.code === 'DamagedRows') return []
    throw error
  }
}
