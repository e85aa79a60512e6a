import type { NewBatch } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { receiptsOfBatch, resultsKey, resultsOfKey, resultsPrefix } from '@restyle/shared/object-key'
import { editOfLine, type ResultsChunk, together, withoutRows } from '@restyle/shared/rows/results'
import { readResults } from '@restyle/shared/rows/write-results'
import type { Store } from '@restyle/shared/store/store'

type Tools = { ledger: Ledger; store: Store; log: Log }

/** Ends that are younger (ms) are told again: what was lost with them may not have been read. */
const unreadMs = 3600_000

/** The rows of a batch from `from` on. `foldedTakes`: of each row how many takes at most are in its results; 0 where none is. */
export type Remaining = Pick<NewBatch, 'id' | 'producer'> & { from: number; foldedTakes: Uint8Array }

/** How many chunks' results are read at a time. */
const readAtOnce = 8

/**
 * Has the ledger note the rows from `from` on that were folded, and counts them in `foldedTakes`. Gives how many of them it did
 * not know. Rows whose results cannot be read come back from their receipts, and so do those with a later edit than was folded.
 */
export async function restoreFolded(
  { id: batch, producer, from, foldedTakes }: Remaining,
  wasRetried: boolean,
  tools: Tools,
  beat: () => void,
): Promise<number> {
  const { ledger, store } = tools
  const places = await placesOf(batch, from, store)
  const newest = wasRetried ? await takesWithReceipts(batch, store, beat) : new Map<number, number>()
  let folded = 0
  const restoreAt = async ([first, takes]: [number, number[]]): Promise<void> => {
    beat()
    const chunks = await readChunk(batch, first, takes, tools)
    const [one, ...more] = chunks ?? []
    if (one === undefined) return
    const results = together([one, ...more])
    const rows = results.bytes.length
    if (first + rows > foldedTakes.length) return
    foldedTakes.fill(1, first, first + rows)
    for (const { row, take = 1 } of results.lines.values()) foldedTakes[row] = take
    const again = new Set<number>()
    for (let row = first; row < first + rows; row += 1)
      if ((newest.get(row) ?? 1) > (foldedTakes[row] ?? 0)) again.add(row)
    const since = Date.now() - unreadMs
    const unread = [...results.lines.values()].filter(({ updatedAt }) => updatedAt > since)
    const told = unread.map((line) => editOfLine({ id: batch, producer }, line))
    const paid = [one, ...more].flatMap(({ lines }) => [...lines.values()])
    const restored = await ledger.restoreResults(batch, withoutRows(results, again, paid), told)
    if (restored === 'restored') folded += rows
  }
  const all = [...places]
  for (let i = 0; i < all.length; i += readAtOnce)
    await Promise.all(all.slice(i, i + readAtOnce).map(restoreAt))
  return folded
}

/** Of which takes there are results, by the chunks' first rows. */
async function placesOf(batch: string, from: number, store: Store): Promise<Map<number, number[]>> {
  const places = new Map<number, number[]>()
  const after = from === 0 ? {} : { after: resultsKey(batch, from - 1) }
  for await (const { key } of store.list(resultsPrefix(batch), after)) {
    const { first, take } = resultsOfKey(batch, key)
    // later takes of the chunk before
    if (first >= from) places.set(first, [...(places.get(first) ?? []), take])
  }
  return places
}

/** All results of a chunk, the first take first; undefined where one cannot be read. */
async function readChunk(
  batch: string,
  first: number,
  takes: readonly number[],
  { store, log }: Tools,
): Promise<ResultsChunk[] | undefined> {
  const chunks: ResultsChunk[] = []
  try {
    for (const take of takes.toSorted((a, b) => a - b)) {
      const chunk = await readResults(store, batch, first, take)
      if (chunk !== undefined) chunks.push(chunk)
    }
    return chunks
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedResults') throw error
    log.error({ batch, first, reason: error.message }, 'results cannot be read: their edits are put back')
    return undefined
  }
}

/** The newest take of each row of which there is a receipt, from the second on. */
async function takesWithReceipts(
  batch: string,
  store: Store,
  beat: () => void,
): Promise<ReadonlyMap<number, number>> {
  const takes = new Map<number, number>()
  for await (const { key } of store.list(receiptsOfBatch(batch))) {
    beat()
    const place = takeOfEditId(key.slice('receipts/'.length).split('/')[0] ?? '')
    if (place === undefined || place.take === 1) continue
    takes.set(place.row, Math.max(place.take, takes.get(place.row) ?? 1))
  }
  return takes
}
