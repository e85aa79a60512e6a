import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import { EditState, mapByte, restingByte, retryByte } from '@restyle/shared/contract/edit-state'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { noVerdict, type Verdict, verdictByte } from '@restyle/shared/contract/planes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { BatchRecord, Made } from '@restyle/shared/ledger/made'
import type { EditRecord } from '@restyle/shared/ledger/record'
import { readEdits, type ReadTools } from '@restyle/shared/rows/read-edits'
import { farAhead, isNamed, type Span } from './list-batches.ts'
import type { Place } from './place.ts'

/*
 * Lists edits: the newest batch or single edit first, the rows of a batch in their order. The map of a batch tells which of its
 * rows may be meant, so that a million rows cost a megabyte; only those are read, wherever they are. A request looks at a
 * bounded number of rows, for a bounded time, and then says where to go on.
 */

export type EditFilter = Span & {
  /** Of this batch alone. */
  batch: Batch | undefined
  /** Of batches with this in their names. */
  name: string | undefined
  states: readonly EditState[]
  /** What a person thinks of it; `none`: nobody has said anything. Only what has succeeded is judged. */
  verdict?: Verdict | 'none' | undefined
  keyPrefix: string | undefined
  /** Whether it failed with a code that is meant. */
  isCode: ((code: string) => boolean) | undefined
  /** What else must be so of an edit. */
  isMeant?: (edit: Edit) => boolean
}

export type ListTools = ReadTools & {
  ledger: ReadTools['ledger'] & Pick<Ledger, 'listMade' | 'readBatches' | 'readMap' | 'verdictBytes'>
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
}

export type FoundEdits = {
  edits: Edit[]
  unreadable: { id: string; why: string }[]
  /** How many edits were read for it. */
  looked: number
  next?: Place
}

/** What one request looks at: batches and single edits, rows that are read, ms. Then it answers what it has. */
const most = { entries: 1_000, rows: 10_000, ms: 2_000 }

/** Entries, rows and bytes of a map that are read at a time, and rows between two that are read with them. */
const atOnce = { entries: 100, rows: 500, bytes: 65_536, gap: 8 }

type Search = {
  producer: string
  found: FoundEdits
  limit: number
  filter: EditFilter
  tools: ListTools
  /** Whether nothing more is looked at in this request. */
  isOver: () => boolean
  looked: { entries: number }
}

/** Up to `limit` edits of a producer. May answer fewer, and where to go on. */
export async function listEdits(
  producer: string,
  filter: EditFilter,
  after: Place | undefined,
  limit: number,
  tools: ListTools,
): Promise<FoundEdits> {
  const until = tools.monotonic() + most.ms
  const found: FoundEdits = { edits: [], unreadable: [], looked: 0 }
  const looked = { entries: 0 }
  // something is looked at however slow it is: the next request would be as slow
  const isLate = () => (found.looked > 0 || looked.entries > 1) && tools.monotonic() >= until
  const isOver = () =>
    isFull(found, limit) || looked.entries >= most.entries || found.looked >= most.rows || isLate()
  const search: Search = { producer, found, limit, filter, tools, isOver, looked }
  let place = after
  for await (const entry of entriesAfter(producer, filter, after, tools)) {
    if (isOver() && place !== undefined) return { ...found, next: place }
    looked.entries += 1
    const { made, record } = entry
    if (record === undefined) await lookAtSingle(made, search)
    else {
      const row = await lookAtBatch(made, record, made.id === after?.id ? (after.row ?? 0) : 0, search)
      if (row !== undefined) return { ...found, next: { ...made, row } }
    }
    place = made
  }
  return found
}

type Entry = { made: Made; record?: BatchRecord | undefined }

/** What a producer has made, batches and single edits by their time; a batch that is not looked through yet comes once more. */
async function* entriesAfter(
  producer: string,
  filter: EditFilter,
  after: Place | undefined,
  { ledger }: ListTools,
): AsyncGenerator<Entry> {
  const isHalf = after?.row !== undefined
  if (filter.batch !== undefined || isHalf) {
    const id = filter.batch?.id ?? after?.id ?? ''
    const at = after?.at ?? filter.batch?.createdAt ?? 0
    const [record] = after !== undefined && !isHalf ? [] : await ledger.readBatches([id])
    if (record !== undefined && isWithin(at, filter)) yield { made: { id, at }, record }
    if (filter.batch !== undefined) return
  }
  let last: Place | undefined = after
  for (;;) {
    const before = last === undefined ? { at: filter.to ?? farAhead } : { at: last.at, id: last.id }
    const page = await newestOf(producer, before, filter, ledger)
    const batches = page.filter(({ id }) => isBatch(id))
    const records = await ledger.readBatches(batches.map(({ id }) => id))
    const recordOf = new Map(batches.map(({ id }, i) => [id, records[i]]))
    for (const made of page) yield { made, record: recordOf.get(made.id) }
    if (page.length < atOnce.entries) return
    last = page.at(-1)
  }
}

const isWithin = (at: number, { from = 0, to = farAhead }: Span): boolean => at >= from && at < to

const isBatch = (id: string): boolean => id.startsWith('batch_')

async function newestOf(
  producer: string,
  before: { at: number; id?: string },
  { from = 0, name }: EditFilter,
  ledger: ListTools['ledger'],
): Promise<Made[]> {
  const batches = await ledger.listMade('batches', producer, before, atOnce.entries)
  // an edit that came alone has no name
  const singles = name === undefined ? await ledger.listMade('singles', producer, before, atOnce.entries) : []
  return [...batches, ...singles]
    .filter(({ at }) => at >= from)
    .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    .slice(0, atOnce.entries)
}

async function lookAtSingle({ id }: Made, { found, filter, tools }: Search): Promise<void> {
  found.looked += 1
  const [record] = await tools.ledger.readEach([id])
  if (record === undefined) return
  if (record.kind === 'edit' && !isJudged(record.edit, filter.verdict)) return
  take(record, id, filter, found)
}

/** Gives the row from which on the batch is not looked through yet; undefined where all of it is. */
async function lookAtBatch(
  { id }: Made,
  record: BatchRecord,
  from: number,
  search: Search,
): Promise<number | undefined> {
  const { producer, found, filter, tools, isOver } = search
  if (record.kind === 'unreadable') found.unreadable.push({ id, why: record.why })
  // a cursor may name any batch
  if (record.kind !== 'batch' || record.batch.producer !== producer) return undefined
  if (!mayHold(record, filter)) return undefined
  const bytes = bytesOf(filter)
  const total = rowsOfBatch(record.batch)
  for (let start = from; start < total;) {
    if (isOver()) return start
    const end = Math.min(start + atOnce.bytes, total)
    const map = await tools.ledger.readMap(id, start, end)
    const verdicts =
      filter.verdict === undefined ? undefined : await tools.ledger.verdictBytes(id, start, end)
    const isJudgedSo = judgedSo(filter.verdict, verdicts, start)
    for (const run of runsOf(map, bytes, (i) => isJudgedSo(start + i))) {
      const row = await lookAtRows(record.batch, start + run.from, start + run.to, isJudgedSo, search)
      if (row !== undefined) return row
    }
    if (map.length === 0) return undefined
    start += map.length
  }
  return undefined
}

/** What cannot be read counts too: a page is bounded. */
const isFull = ({ edits, unreadable }: FoundEdits, limit: number): boolean =>
  edits.length + unreadable.length >= limit

/** Gives the row from which on these are not looked through yet. */
async function lookAtRows(
  batch: Batch,
  from: number,
  to: number,
  isJudgedSo: (row: number) => boolean,
  { found, filter, tools, isOver, limit }: Search,
): Promise<number | undefined> {
  const { keyPrefix, isCode, isMeant } = filter
  const isSelective = [keyPrefix, isCode, isMeant, filter.verdict].some((each) => each !== undefined)
  for (let row = from; row < to;) {
    if (isOver()) return row
    const wanted = isSelective ? atOnce.rows : limit - found.edits.length
    const records = await readEdits(batch, row, Math.min(to, row + Math.min(wanted, atOnce.rows)), tools)
    found.looked += records.length
    for (const record of records) {
      if (isFull(found, limit)) return row
      if (isJudgedSo(row)) take(record, editIdOfRow(batch.id, row), filter, found)
      row += 1
    }
  }
  return undefined
}

/** Whether a batch can have an edit that is meant: its counts tell. */
function mayHold({ batch, failures }: Extract<BatchRecord, { kind: 'batch' }>, filter: EditFilter): boolean {
  if (!isNamed(batch, filter.name)) return false
  const { isCode } = filter
  if (isCode !== undefined && ![...failures].some(([code, rows]) => rows > 0 && isCode(code))) return false
  const { verdict } = filter
  if (verdict === 'none' && batch.succeeded <= batch.approved + batch.rejected + batch.redo) return false
  if (verdict !== undefined && verdict !== 'none' && batch[verdict] === 0) return false
  const count = (state: EditState) => batch[state] + (state === 'queued' ? batch.resting : 0)
  return filter.states.length === 0 || filter.states.some((state) => count(state) > 0)
}

/** The bytes of rows that may be meant. */
function bytesOf({ states, isCode, verdict }: EditFilter): ReadonlySet<string> {
  const own = (states.length === 0 ? EditState.options : states).filter(
    (state) =>
      (isCode === undefined || state === 'failed') && (verdict === undefined || state === 'succeeded'),
  )
  return new Set(
    own.flatMap((state) =>
      state === 'queued' ? [mapByte.queued, restingByte, retryByte] : [mapByte[state]],
    ),
  )
}

/** Whether a row is judged so; `verdicts` has a byte for each row from `first` on. */
const judgedSo = (verdict: EditFilter['verdict'], verdicts: string | undefined, first: number) => {
  if (verdict === undefined) return () => true
  const wanted = verdict === 'none' ? noVerdict : verdictByte[verdict]
  return (row: number): boolean => (verdicts?.[row - first] ?? noVerdict) === wanted
}

/** The same of an edit that came alone. */
export const isJudged = ({ state, verdict }: Edit, wanted: EditFilter['verdict']): boolean =>
  wanted === undefined || (state === 'succeeded' && (verdict?.verdict ?? 'none') === wanted)

/** Where rows are that may be meant, as runs; those that are near one another are read in one go. */
export function* runsOf(
  map: string,
  bytes: ReadonlySet<string>,
  isMeant: (i: number) => boolean = () => true,
): Generator<{ from: number; to: number }> {
  let run: { from: number; to: number } | undefined
  for (let i = 0; i < map.length; i += 1) {
    if (!bytes.has(map[i] ?? '') || !isMeant(i)) continue
    if (run !== undefined && i - run.to <= atOnce.gap) run.to = i + 1
    else {
      if (run !== undefined) yield run
      run = { from: i, to: i + 1 }
    }
  }
  if (run !== undefined) yield run
}

function take(record: EditRecord, id: string, filter: EditFilter, found: FoundEdits): void {
  if (record.kind === 'unreadable') found.unreadable.push({ id, why: record.why })
  if (record.kind !== 'edit') return
  const { edit } = record
  const { states, keyPrefix, isCode, isMeant } = filter
  if (states.length > 0 && !states.includes(edit.state)) return
  if (keyPrefix !== undefined && !edit.key.startsWith(keyPrefix)) return
  if (isCode !== undefined && (edit.failure === undefined || !isCode(edit.failure.code))) return
  if (isMeant !== undefined && !isMeant(edit)) return
  found.edits.push(edit)
}
