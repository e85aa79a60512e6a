import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { NewEdit } from '../contract/new-edit.ts'
import { RestyleError } from '../errors.ts'
import { editIdOfRow } from '../ledger/batches.ts'

/** The most that a chunk holds; the bytes are those of its text. A reader counts on the number of rows. */
export const chunkLimits = { rows: 1000, bytes: 8 * 1024 * 1024 } as const

/** What an edit has that its batch does not say. */
const EditOfRow = NewEdit.omit({ id: true, producer: true, batch: true, take: true, redoOf: true })

/**
 * A row as its chunk keeps it. The catalog's own columns, and what stands for all that it asks for, are nowhere else: its
 * edit has neither.
 */
export const Row = EditOfRow.extend({
  columns: z.record(z.string(), z.string()).exactOptional(),
  fingerprint: z.string().exactOptional(),
})
export type Row = z.infer<typeof Row>

/** The batch that rows belong to. */
export type Owner = { id: string; producer: string }

const lineOf = ({ row, key, request, bodyHash, traceparent, columns, fingerprint }: Row): string =>
  `${JSON.stringify({ row, key, request, bodyHash, traceparent, columns, fingerprint })}\n`

/** The edit that a row becomes. */
export const editOfRow = (
  owner: Owner,
  { columns: _columns, fingerprint: _fingerprint, ...row }: Row,
): NewEdit => ({
  ...row,
  id: editIdOfRow(owner.id, row.row),
  producer: owner.producer,
  batch: owner.id,
})

/** Cuts rows, which follow one another, into chunks. */
export function* cutChunks<R extends Row>(rows: Iterable<R>): Generator<R[]> {
  let chunk: R[] = []
  let bytes = 0
  for (const row of rows) {
    const size = Buffer.byteLength(lineOf(row))
    if (chunk.length === chunkLimits.rows || (chunk.length > 0 && bytes + size > chunkLimits.bytes)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(row)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}

/** Rows are much alike: the fastest level makes them a fifth larger than the usual one does, in a third of its time. */
export const packChunk = (rows: readonly Row[]): Promise<Buffer> =>
  promisify(gzip)(Buffer.from(rows.map(lineOf).join('')), { level: 1 })

/** Throws `DamagedRows` where the bytes are not the rows that follow one another from `first` on. */
export async function unpackChunk(bytes: Buffer, first: number): Promise<{ rows: Row[]; bytes: number }> {
  try {
    const text = (await promisify(gunzip)(bytes, { maxOutputLength: 2 * chunkLimits.bytes })).toString()
    const lines = text.split('\n').slice(0, -1)
    const rows = lines.map((line) => Row.parse(JSON.parse(line)))
    const stray = rows.findIndex(({ row }, i) => row !== first + i)
    if (stray >= 0) throw new RangeError(`its line ${stray + 1} is row ${rows[stray]?.row}`)
    if (rows.length === 0) throw new RangeError('it has no row')
    return { rows, bytes: text.length }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RestyleError('DamagedRows', `a chunk of rows cannot be read: ${why}`, { first })
  }
}
