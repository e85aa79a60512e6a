import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { type Edit, Failure, StoredImage } from '../contract/edit.ts'
import type { failureCodes } from '../contract/failure-codes.ts'
import { Currency } from '../contract/money.ts'
import { allEnded, EditState, isTerminal, mapByte } from '../contract/edit-state.ts'
import { RestyleError } from '../errors.ts'
import { editIdOfTake } from '../ledger/batches.ts'
import type { Results, Sum } from '../ledger/fold.ts'
import { type Owner, Row } from './chunk.ts'

/*
 * What became of a chunk of rows, as one object of the bucket: gzip, a line of JSON for the whole, then one for each row
 * that was an edit. A row without a line ended while it rested.
 */

const Header = z.object({
  v: z.literal(1),
  first: z.int(),
  bytes: z.string().min(1).refine(allEnded),
  billed: z.int(),
  images: z.int(),
})

/** What a row's edit was: all that its view, another take of it and a look back at its submit need. */
const Line = Row.omit({ columns: true, fingerprint: true }).extend({
  state: EditState.refine(isTerminal),
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
  attempt: z.int(),
  tries: z.int(),
  lane: z.string().exactOptional(),
  taskId: z.string().exactOptional(),
  submittedAt: z.int().exactOptional(),
  renderedAt: z.int().exactOptional(),
  /** Without their addresses, which have expired or soon will. */
  images: z
    .array(
      z.object({ index: z.int(), stored: StoredImage.exactOptional(), failure: Failure.exactOptional() }),
    )
    .exactOptional(),
  failure: Failure.exactOptional(),
  cancelAsked: z.int().exactOptional(),
  billed: z.int(),
  /** Of a retried row the how manieth edit it is. */
  take: z.int().exactOptional(),
  currency: Currency.exactOptional(),
  day: z.string().exactOptional(),
})
export type Line = z.infer<typeof Line>

/** The results of a chunk, by row. */
export type ResultsChunk = Pick<Results, 'first' | 'bytes'> & {
  /** Of all rows; of several currencies none alone. */
  billed: number
  images: number
  lines: ReadonlyMap<number, Line>
}

const defined = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T

/** What a line takes from its edit as it is. */
const kept = [
  'row',
  'key',
  'request',
  'bodyHash',
  'traceparent',
  'state',
  'version',
  'createdAt',
  'updatedAt',
  'attempt',
  'tries',
  'lane',
  'taskId',
  'submittedAt',
  'renderedAt',
  'failure',
  'cancelAsked',
  'billed',
  'take',
  'currency',
  'day',
] as const satisfies readonly (keyof Line & keyof Edit)[]

/** An edit as a line keeps it. */
function lineOf(edit: Edit): Line {
  const images = edit.images?.map(({ index, stored, failure }) => defined({ index, stored, failure }))
  const fields = Object.fromEntries(kept.map((name) => [name, edit[name]]))
  return defined({ ...fields, images }) as Line
}

/** The edit that a line keeps. */
export const editOfLine = (owner: Owner, line: Line): Edit => ({
  ...line,
  id: editIdOfTake(owner.id, line.row, line.take ?? 1),
  producer: owner.producer,
  batch: owner.id,
  reserved: 0,
})

/** What a producer got and paid; how often it was tried until then, and when, is not told apart. */
const outcomeOf = ({ state, bodyHash, taskId, images = [], failure, billed }: Line): string =>
  JSON.stringify([
    state,
    bodyHash,
    taskId,
    images.map(({ index, stored, failure: why }) => [index, stored?.key, stored?.sha256, why?.code]),
    failure?.code,
    billed,
  ])

/** Whether a chunk says of an edit how it ended. */
export function tells(chunk: ResultsChunk, edit: Edit): boolean {
  const line = chunk.lines.get(edit.row)
  return line !== undefined && outcomeOf(line) === outcomeOf(lineOf(edit))
}

/** The results of rows of which `bytes` says the states, and that were these edits. */
export function resultsOf(first: number, bytes: string, edits: readonly Edit[]): ResultsChunk {
  const sum = (each: (edit: Edit) => number): number => edits.reduce((all, edit) => all + each(edit), 0)
  return {
    first,
    bytes,
    billed: sum(({ billed }) => billed),
    images: sum(({ images = [] }) => images.filter(({ stored }) => stored !== undefined).length),
    lines: new Map(edits.map((edit) => [edit.row, lineOf(edit)])),
  }
}

/** What became of a chunk's rows by all edits that they had; given by takes, the first of them first. */
export function together(chunks: readonly [ResultsChunk, ...ResultsChunk[]]): ResultsChunk {
  const sum = (what: 'billed' | 'images'): number => chunks.reduce((all, each) => all + each[what], 0)
  // whoever wrote the last one knew how the rows stood by then
  const { first, bytes } = chunks.at(-1) ?? chunks[0]
  const lines = new Map(chunks.flatMap((chunk) => [...chunk.lines]))
  return { first, bytes, billed: sum('billed'), images: sum('images'), lines }
}

/**
 * What the ledger is told of a chunk whose edits it has forgotten: the codes of those that failed are counted, and of
 * `rows`, which have a later edit each, it hears the money alone. `paid`: all edits that its rows had.
 */
export function withoutRows(
  { first, bytes, lines }: ResultsChunk,
  rows: ReadonlySet<number>,
  paid: Iterable<Line> = lines.values(),
): Results {
  const failures: Record<string, number> = {}
  for (const { row, failure } of lines.values())
    if (failure !== undefined && !rows.has(row)) failures[failure.code] = (failures[failure.code] ?? 0) + 1
  const left = bytes
    .split('')
    .map((byte, i) => (rows.has(first + i) ? '\0' : byte))
    .join('')
  return { first, bytes: left, money: sumsOf(paid), failures, codes: codesOf({ first, bytes: left, lines }) }
}

/** With which code rows failed, by rows. One without a line failed at rest: the bucket had lost it. */
function codesOf({ first, bytes, lines }: Pick<ResultsChunk, 'first' | 'bytes' | 'lines'>): Results['codes'] {
  const lostAtRest: keyof typeof failureCodes = 'RowsUnreadable'
  const codes: Record<number, string> = {}
  for (const [i, byte] of bytes.split('').entries())
    if (byte === mapByte.failed) codes[first + i] = lines.get(first + i)?.failure?.code ?? lostAtRest
  return codes
}

/** What edits cost, by day, lane and currency. */
function sumsOf(lines: Iterable<Line>): Sum[] {
  const sums = new Map<string, Sum>()
  for (const { day, lane, currency, billed, images = [] } of lines) {
    const place = defined({ day, lane, currency })
    const name = JSON.stringify(place)
    const sum = sums.get(name) ?? { ...place, billed: 0, images: 0 }
    sum.billed += billed
    sum.images += images.filter(({ stored }) => stored !== undefined).length
    sums.set(name, sum as Sum)
  }
  return [...sums.values()]
}

export function packResults({ lines, ...header }: ResultsChunk): Promise<Buffer> {
  const all = [{ v: 1, ...header }, ...lines.values()]
  return promisify(gzip)(Buffer.from(all.map((line) => `${JSON.stringify(line)}\n`).join('')))
}

/** More than the requests of a chunk and what became of them. */
const mostBytes = 64 * 1024 * 1024

/** How the rows ended, a byte each (`mapByte`). Throws `DamagedResults`. */
export async function unpackEnds(bytes: Buffer, first: number): Promise<string> {
  try {
    const text = (await promisify(gunzip)(bytes, { maxOutputLength: mostBytes })).toString()
    return Header.parse(JSON.parse(text.slice(0, text.indexOf('\n')))).bytes
  } catch (error) {
    throw damaged(error, first)
  }
}

/** Throws `DamagedResults` where the bytes are not the results of the rows from `first` on. */
export async function unpackResults(
  bytes: Buffer,
  first: number,
): Promise<{ chunk: ResultsChunk; bytes: number }> {
  try {
    const text = (await promisify(gunzip)(bytes, { maxOutputLength: mostBytes })).toString()
    const [head = '', ...rest] = text.split('\n').slice(0, -1)
    const { v: _, ...header } = Header.parse(JSON.parse(head))
    const lines = new Map(rest.map((line) => Line.parse(JSON.parse(line))).map((line) => [line.row, line]))
    const stray = [...lines.keys()].find((row) => row < first || row >= first + header.bytes.length)
    if (header.first !== first || stray !== undefined)
      throw new RangeError(`it is of the rows from ${header.first} on, with row ${stray}`)
    return { chunk: { ...header, lines }, bytes: text.length }
  } catch (error) {
    throw damaged(error, first)
  }
}

function damaged(error: unknown, first: number): RestyleError {
  const why = error instanceof Error ? error.message : String(error)
  return new RestyleError('DamagedResults', `results cannot be read: ${why}`, { first })
}
