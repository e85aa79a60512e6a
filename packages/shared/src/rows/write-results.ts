import { createHash } from 'node:crypto'
import type { Edit } from '../contract/edit.ts'
import { RestyleError } from '../errors.ts'
import { resultsKey } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import { packResults, type ResultsChunk, resultsOf, tells, unpackEnds, unpackResults } from './results.ts'

/**
 * Writes what became of a chunk of rows by their edits of a take, once, and reads it again: `written` where the bucket says of each of these edits
 * how it ended, whoever wrote that. `differs`: it says something else of the row `row`, or what it has cannot be read.
 */
export async function writeResults(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  batch: string,
  first: number,
  bytes: string,
  edits: readonly Edit[],
  take = 1,
): Promise<{ kind: 'written' } | { kind: 'differs'; why: string }> {
  const key = resultsKey(batch, first, take)
  const packed = await packResults(resultsOf(first, bytes, edits))
  const sha256 = createHash('sha256').update(packed).digest('hex')
  await store.putIfAbsent(key, packed, { contentType: 'application/gzip', sha256 })
  try {
    const there = await readResults(store, batch, first, take)
    if (there === undefined) return { kind: 'differs', why: 'what was written is not there' }
    if (there.bytes.length !== bytes.length) return { kind: 'differs', why: 'it is of other rows' }
    const other = edits.find((edit) => !tells(there, edit))
    return other === undefined
      ? { kind: 'written' }
      : { kind: 'differs', why: `it says otherwise of ${other.id}` }
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedResults') throw error
    return { kind: 'differs', why: error.message }
  }
}

/** What the bucket has of a chunk's results. Throws what the store throws, and `DamagedResults`. */
export async function readResults(
  store: Pick<Store, 'get'>,
  batch: string,
  first: number,
  take = 1,
): Promise<ResultsChunk | undefined> {
  const bytes = await store.get(resultsKey(batch, first, take))
  return bytes === undefined ? undefined : (await unpackResults(bytes, first)).chunk
}

/** How the rows of a chunk ended, a byte each; undefined where the bucket has no results of it. Throws like `readResults`. */
export async function readEnds(
  store: Pick<Store, 'get'>,
  batch: string,
  first: number,
): Promise<string | undefined> {
  const bytes = await store.get(resultsKey(batch, first))
  return bytes === undefined ? undefined : unpackEnds(bytes, first)
}
