import type { Edit } from '../contract/edit.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { resultsKey, rowsKey, rowsPrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import { chunkLimits, editOfRow, type Owner, type Row, unpackChunk } from './chunk.ts'
import { readJudgedRedo } from './redos.ts'
import { editOfLine, type Line, type ResultsChunk, unpackResults } from './results.ts'

export type Chunk = { first: number; rows: readonly Row[] }

/** Reads rows that rest, and results of those that were folded. What was read lately is kept, in a bounded memory. */
export type RowReader = {
  /** The chunk that holds a row; undefined where the bucket has none. Throws what the store throws, and `DamagedRows`. */
  chunkAt(batch: string, row: number): Promise<Chunk | undefined>
  /** The rows from `from` on before `to` as edits, in their order; up to the first that the bucket does not have. */
  rowsOf(owner: Owner, from: number, to: number): Promise<NewEdit[]>
  /**
   * Of these rows, in their order, the edits that were folded: of each the first one of `takes` (default: 1) that there is.
   * Throws what the store throws, and `DamagedResults`.
   */
  foldedOf(owner: Owner, rows: readonly number[], takes?: readonly number[]): Promise<Map<number, Edit>>
  /** A redo that was judged, as it was then. */
  judgedRedo(id: string): Promise<Edit | undefined>
}

/** Bytes of text that are usually kept of rows and as many of results, and batches of which is kept where their chunks begin. */
const [usuallyKept, keptBatches] = [32 * 1024 * 1024, 100]

/** As many keys as a bucket lists at once. */
const listed = 1000

/** `keptBytes`: for who reads a batch once, from its first row to its last, those of one chunk are enough. */
export function openRowReader(store: Pick<Store, 'get' | 'list'>, keptBytes = usuallyKept): RowReader {
  const begins = openBegins(store)
  const chunkAt = openChunkReader(store, begins, keptBytes)
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
    foldedOf: openResultsReader(store, begins, keptBytes),
    judgedRedo: (id) => readJudgedRedo(store, id),
  }
}

function openChunkReader(store: Pick<Store, 'get'>, begins: Begins, keptBytes: number): RowReader['chunkAt'] {
  const chunks = openChunks(keptBytes, async (batch, first): Promise<Sized<Chunk> | undefined> => {
    const object = await store.get(rowsKey(batch, first))
    if (object === undefined) return undefined
    const { rows, bytes } = await unpackChunk(object, first)
    return { chunk: { first, rows }, bytes }
  })
  const chunkFrom = async (
    batch: string,
    row: number,
    firsts: readonly number[],
  ): Promise<Chunk | undefined> => {
    const first = firstOf(row, firsts)
    if (first === undefined) return undefined
    const chunk = await chunks.read(batch, first)
    return chunk !== undefined && row < first + chunk.rows.length ? chunk : undefined
  }
  return async (batch, row) => {
    const known = await chunkFrom(batch, row, begins.known(batch))
    return known ?? chunkFrom(batch, row, await begins.list(batch, row))
  }
}

function openResultsReader(
  store: Pick<Store, 'get'>,
  begins: Begins,
  keptBytes: number,
): RowReader['foldedOf'] {
  const results = openChunks(
    keptBytes,
    async (batch, first, take): Promise<Sized<ResultsChunk> | undefined> => {
      const object = await store.get(resultsKey(batch, first, take))
      return object === undefined ? undefined : unpackResults(object, first)
    },
  )
  return async (owner, rows, takes = [1]) => {
    const edits = new Map<number, Edit>()
    const absent = new Set<string>()
    const lineAt = async (row: number, firsts: readonly number[]): Promise<Line | undefined> => {
      const first = firstOf(row, firsts)
      if (first === undefined) return undefined
      for (const take of takes) {
        if (absent.has(`${first} ${take}`)) continue
        const chunk = await results.read(owner.id, first, take)
        if (chunk === undefined) absent.add(`${first} ${take}`)
        const line = chunk?.lines.get(row)
        if (line !== undefined) return line
      }
      return undefined
    }
    let firsts = begins.known(owner.id)
    let isNew = false
    for (const row of rows) {
      let line = await lineAt(row, firsts)
      if (line === undefined && !isNew) {
        firsts = await begins.list(owner.id, row)
        isNew = true
        line = await lineAt(row, firsts)
      }
      if (line !== undefined) edits.set(row, editOfLine(owner, line))
    }
    return edits
  }
}

type Begins = ReturnType<typeof openBegins>

/** Where the chunks of batches begin, as a list told it; there may be more by now. */
function openBegins(store: Pick<Store, 'list'>) {
  const begins = new Map<string, readonly number[]>()
  return {
    known: (batch: string): readonly number[] => begins.get(batch) ?? [],
    /** From the chunk on that can hold the row. */
    list: async (batch: string, row: number): Promise<readonly number[]> => {
      const firsts = await listFirsts(store, batch, row)
      keep(begins, batch, firsts, keptBatches)
      return firsts
    },
  }
}

/** Where the chunk begins that can hold a row. */
function firstOf(row: number, firsts: readonly number[]): number | undefined {
  const first = firsts.findLast((each) => each <= row)
  return first === undefined || row - first >= chunkLimits.rows ? undefined : first
}

/** Where chunks begin that can hold the row, and those after it. A chunk with it begins less than a chunk before it. */
async function listFirsts(store: Pick<Store, 'list'>, batch: string, row: number): Promise<number[]> {
  const firsts: number[] = []
  for await (const first of firstsFrom(store, batch, row)) {
    firsts.push(first)
    if (firsts.length === listed) break
  }
  return firsts
}

/** Every chunk with one of the rows from `from` on before `to`: its first row, and the first one after it where that is known. */
export async function chunksBetween(
  store: Pick<Store, 'list'>,
  batch: string,
  from: number,
  to: number,
): Promise<{ first: number; end: number | undefined }[]> {
  const firsts: number[] = []
  for await (const first of firstsFrom(store, batch, from)) {
    firsts.push(first)
    if (first >= to) break
  }
  const chunks = firsts.map((first, i) => ({ first, end: firsts[i + 1] }))
  return chunks.filter(({ first, end }) => first < to && (end === undefined || end > from))
}

async function* firstsFrom(store: Pick<Store, 'list'>, batch: string, row: number): AsyncGenerator<number> {
  const before = row - chunkLimits.rows
  const prefix = rowsPrefix(batch)
  const from = before < 0 ? {} : { after: rowsKey(batch, before) }
  for await (const { key } of store.list(prefix, from)) yield Number(key.slice(prefix.length))
}

type Sized<C> = { chunk: C; bytes: number }

/** Reads each chunk once for all who ask at a time, and keeps those that were asked for last. */
function openChunks<C>(
  keptBytes: number,
  get: (batch: string, first: number, take: number) => Promise<Sized<C> | undefined>,
) {
  const kept = new Map<string, Sized<C>>()
  const reading = new Map<string, Promise<C | undefined>>()
  let bytes = 0

  async function fetch(
    [batch, first, take]: readonly [string, number, number],
    name: string,
  ): Promise<C | undefined> {
    const got = await get(batch, first, take)
    if (got === undefined) return undefined
    kept.set(name, got)
    bytes += got.bytes
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytes <= keptBytes) break
      kept.delete(oldest)
      bytes -= freed
    }
    return got.chunk
  }

  return {
    read: async (batch: string, first: number, take = 1): Promise<C | undefined> => {
      const name = `${batch} ${first} ${take}`
      const known = kept.get(name)
      if (known !== undefined) {
        kept.delete(name)
        kept.set(name, known)
        return known.chunk
      }
      const asked = reading.get(name) ?? fetch([batch, first, take], name).finally(() => reading.delete(name))
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
