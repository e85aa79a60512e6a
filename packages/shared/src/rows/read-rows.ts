import type { NewEdit } from '../contract/new-edit.ts'
import { rowsKey, rowsPrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import { chunkLimits, editOfRow, type Owner, type Row, unpackChunk } from './chunk.ts'

export type Chunk = { first: number; rows: readonly Row[] }

/** Reads resting rows. What was read lately is kept, in a bounded memory. */
export type RowReader = {
  /** The chunk that holds a row; undefined where the bucket has none. Throws what the store throws, and `DamagedRows`. */
  chunkAt(batch: string, row: number): Promise<Chunk | undefined>
  /** The rows from `from` on before `to` as edits, in their order; up to the first that the bucket does not have. */
  rowsOf(owner: Owner, from: number, to: number): Promise<NewEdit[]>
}

/** Bytes of text that are kept, and batches of which is kept where their chunks begin. */
const [keptBytes, keptBatches] = [32 * 1024 * 1024, 100]

/** As many keys as a bucket lists at once. */
const listed = 1000

export function openRowReader(store: Pick<Store, 'get' | 'list'>): RowReader {
  const chunks = openChunks(store)
  /** Where chunks begin, as a list told it; there may be more by now. */
  const begins = new Map<string, readonly number[]>()

  async function chunkFrom(
    batch: string,
    row: number,
    firsts: readonly number[],
  ): Promise<Chunk | undefined> {
    const first = firsts.findLast((each) => each <= row)
    if (first === undefined || row - first >= chunkLimits.rows) return undefined
    const chunk = await chunks.read(batch, first)
    return chunk !== undefined && row < first + chunk.rows.length ? chunk : undefined
  }

  async function chunkAt(batch: string, row: number): Promise<Chunk | undefined> {
    const known = await chunkFrom(batch, row, begins.get(batch) ?? [])
    if (known !== undefined) return known
    const firsts = await listFirsts(store, batch, row)
    keep(begins, batch, firsts, keptBatches)
    return chunkFrom(batch, row, firsts)
  }

  return {
    chunkAt,
    rowsOf: async (owner, from, to) => {
      const edits: NewEdit[] = []
      for (let row = from; row < to;) {
        const chunk = await chunkAt(owner.id, row)
        if (chunk === undefined) break
        const { first, rows } = chunk
        edits.push(...rows.slice(row - first, to - first).map((each) => editOfRow(owner, each)))
        row = first + rows.length
      }
      return edits
    },
  }
}

/** Where chunks begin that can hold the row, and those after it. A chunk with it begins less than a chunk before it. */
async function listFirsts(store: Pick<Store, 'list'>, batch: string, row: number): Promise<number[]> {
  const before = row - chunkLimits.rows
  const firsts: number[] = []
  const prefix = rowsPrefix(batch)
  const from = before < 0 ? {} : { after: rowsKey(batch, before) }
  for await (const { key } of store.list(prefix, from)) {
    firsts.push(Number(key.slice(prefix.length)))
    if (firsts.length === listed) break
  }
  return firsts
}

/** Reads each chunk once for all who ask at a time, and keeps those that were asked for last. */
function openChunks(store: Pick<Store, 'get'>) {
  const kept = new Map<string, { chunk: Chunk; bytes: number }>()
  const reading = new Map<string, Promise<Chunk | undefined>>()
  let bytes = 0

  async function fetch(batch: string, first: number, name: string): Promise<Chunk | undefined> {
    const object = await store.get(rowsKey(batch, first))
    if (object === undefined) return undefined
    const unpacked = await unpackChunk(object, first)
    const chunk = { first, rows: unpacked.rows }
    kept.set(name, { chunk, bytes: unpacked.bytes })
    bytes += unpacked.bytes
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytes <= keptBytes) break
      kept.delete(oldest)
      bytes -= freed
    }
    return chunk
  }

  return {
    read: async (batch: string, first: number): Promise<Chunk | undefined> => {
      const name = `${batch} ${first}`
      const known = kept.get(name)
      if (known !== undefined) {
        kept.delete(name)
        kept.set(name, known)
        return known.chunk
      }
      const asked = reading.get(name) ?? fetch(batch, first, name).finally(() => reading.delete(name))
      reading.set(name, asked)
      return asked
    },
  }
}

function keep<T>(map: Map<string, T>, name: string, value: T, most: number): void {
  map.delete(name)
  map.set(name, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}
