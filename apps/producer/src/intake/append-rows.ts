import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { Budget } from '@restyle/shared/contract/money'
import { limits } from '@restyle/shared/contract/limits'
import { marks } from '@restyle/shared/ledger/facts'
import { distinctLots } from '@restyle/shared/ledger/rests'
import type { Row } from '@restyle/shared/rows/chunk'
import { writeChunk } from '@restyle/shared/rows/write-rows'
import { openTurns } from '@restyle/shared/turns'
import { type BodyPictures, withPictures } from './body-pictures.ts'
import { endsSoon } from './check-edit.ts'
import { loadFacts } from './check-rows.ts'
import { type ChunkLine, digestOfLines, faultyLines, readLines, rowsOf } from './chunk-lines.ts'
import { addFaults, type FaultList, noFaults, type RowFault } from './outcome.ts'
import type { RawRow } from './raw-row.ts'
import { refuseTooMany } from './refuse-too-many.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { keepRejects, readRejects, type Reject, rejectOf, storedRows } from './rejects.ts'
import type { IntakeTools } from './tools.ts'

/** Rows for an open batch; `first` counts from 0. */
export type RowsIntake = {
  producer: string
  batch: string
  first: number
  rows: readonly RawRow[]
  /** Those that came in the body. */
  pictures?: BodyPictures
  /** Takes the good rows where others have faults. */
  skips: boolean
  traceparent?: string
}

/** What became of rows. `next` counts from 0. */
export type Appended =
  | ({ kind: 'taken'; replayed: boolean } & Taken)
  | { kind: 'unknown' }
  | { kind: 'refused'; faults: FaultList }
  /** Other rows came under these numbers before. */
  | { kind: 'conflict'; next: number }
  | { kind: 'gap'; next: number }
  | { kind: 'over'; why: 'closed' | 'canceled' }
  | { kind: 'too-many' }
  | { kind: 'unfinished'; lookedUp: number }

/** How many lines came, how many became rows, which did not; what may become of rows. */
type Taken = { lines: number; rows: number; rejects: readonly Reject[]; warnings: RowFault[] }

/** What came, and where it goes. */
type Chunk = { batch: string; first: number; digest: string; lines: readonly ChunkLine[]; skips: boolean }

/** Which lines become rows. */
type Decision = { rows: readonly Row[]; rejects: readonly Reject[] }

/**
 * Takes rows for an open batch, all of them or, if it `skips`, those without faults. The bucket decides what rows a batch has under
 * a number, since an object there is created once; then the ledger takes them. So the same rows may be sent again, at any time
 * and to several processes at once: they are taken once, and the answer is the same.
 */
export async function appendRows(tools: IntakeTools, asked: RowsIntake): Promise<Appended> {
  const { batch: id, first, skips, pictures } = asked
  await pictures?.check()
  const [batch, lines] = await Promise.all([tools.ledger.readBatch(id), readLines(asked.rows, pictures)])
  if (batch === undefined || batch.producer !== asked.producer) return { kind: 'unknown' }
  const next = rowsOfBatch(batch)
  const chunk: Chunk = { batch: id, first, digest: digestOfLines(lines), lines, skips }
  const over = overOf(batch)
  if (first < next || over !== undefined) {
    const known = await recall(tools, chunk, asked.traceparent)
    if (known !== undefined) return taken(tools, chunk, known, true)
    return over === undefined ? { kind: 'conflict', next } : { kind: 'over', why: over }
  }
  if (first > next) return { kind: 'gap', next }
  if (first + lines.length > limits.streamedRows) return { kind: 'too-many' }

  const [decided] = await Promise.all([decide(tools, asked, chunk, batch.budget), tools.ledger.takesWrites()])
  if ('kind' in decided) return decided
  const { rows } = decided
  if (rows.length === 0) return taken(tools, chunk, decided, false)
  await refuseTooMany(tools, asked.producer, rows.length)
  // most of them rest, and take a byte
  await refuseWhenFull(tools, Math.min(rows.length, marks.highMark))
  await pictures?.store(asked.producer, rows, tools.sources)
  const lots = distinctLots(rows)
  await tools.notedLots.write(id, lots)
  if ((await writeChunk(tools.store, id, rows)) === 'conflict') return { kind: 'conflict', next }
  const answer = await tools.ledger.appendRows({ batch: id, first, count: rows.length, lots })
  switch (answer.kind) {
    case 'appended':
    case 'known':
      tools.batchKeys.add(id, rows)
      return taken(tools, chunk, decided, answer.kind === 'known')
    case 'closed':
    case 'canceled':
      return { kind: 'over', why: answer.kind }
    case 'gap':
      return { kind: 'gap', next: answer.accepted }
    case 'none':
      return { kind: 'unknown' }
  }
}

/** Why a batch takes no more rows; undefined where it does. */
function overOf({ canceledAt, total }: Batch): 'canceled' | 'closed' | undefined {
  if (canceledAt !== undefined) return 'canceled'
  return total === undefined ? undefined : 'closed'
}

/** Checks the lines, unless they were decided on before: then that stays, even if they would be refused now. */
async function decide(
  tools: IntakeTools,
  asked: RowsIntake,
  chunk: Chunk,
  budget: Budget | undefined,
): Promise<Decision | Appended> {
  const { batch, first, lines, skips } = chunk
  const remembered = skips ? await readRejects(tools.store, chunk) : undefined
  if (remembered !== undefined) return decisionOf(chunk, remembered, asked.traceparent)
  const fit = lines.filter((line) => line.kind === 'fit')
  const [{ facts, complete, asked: lookedUp }, findKey] = await Promise.all([
    loadFacts(withPictures(tools, asked.pictures), asked.producer, fit, budget),
    tools.batchKeys.before(batch, first),
  ])
  const faulty = await faultyLines(lines, { first, skips, facts, findKey })
  const known = faulty.size === 0 ? undefined : await recall(tools, chunk, asked.traceparent)
  if (known !== undefined) return known
  if (faulty.size > 0 && !skips) {
    const faults = noFaults()
    for (const [place, each] of faulty) addFaults(faults, first + place, each)
    return { kind: 'refused', faults }
  }
  if (!complete) return { kind: 'unfinished', lookedUp }
  const found = [...faulty].map(([place, faults]) => rejectOf(first, place, keyOfLine(lines[place]), faults))
  const rejects = found.length === 0 ? [] : await keepRejects(tools.store, chunk, found)
  return decisionOf(chunk, rejects, asked.traceparent)
}

const keyOfLine = (line: ChunkLine | undefined): string | undefined =>
  line?.kind === 'fit' ? line.request.key : undefined

function decisionOf({ first, lines }: Chunk, rejects: readonly Reject[], traceparent?: string): Decision {
  const left = new Set(rejects.map(({ line }) => line - 1))
  return {
    rejects,
    rows: rowsOf(lines, { first, left, ...(traceparent === undefined ? {} : { traceparent }) }),
  }
}

/** What was decided when the same lines came before; undefined where they did not, or others were faster. */
async function recall(
  { store }: Pick<IntakeTools, 'store'>,
  chunk: Chunk,
  traceparent?: string,
): Promise<Decision | undefined> {
  const rejects = chunk.skips ? await readRejects(store, chunk) : undefined
  const decision = decisionOf(chunk, rejects ?? [], traceparent)
  if (rejects === undefined && decision.rows.length < chunk.lines.length) return undefined
  if (decision.rows.length === 0) return decision
  const stored = await storedRows(store, chunk.batch, chunk.first)
  const isSame =
    stored?.length === decision.rows.length &&
    stored.every(({ bodyHash }, i) => bodyHash === decision.rows[i]?.bodyHash)
  return isSame ? decision : undefined
}

async function taken(
  { now }: Pick<IntakeTools, 'now'>,
  { lines }: Chunk,
  { rows, rejects }: Decision,
  replayed: boolean,
): Promise<Appended> {
  const turn = openTurns()
  const warnings = noFaults()
  const at = now()
  for (const { row, request } of rows) {
    await turn()
    addFaults(warnings, row, endsSoon(request, at))
  }
  return {
    kind: 'taken',
    replayed,
    lines: lines.length,
    rows: rows.length,
    rejects,
    warnings: warnings.first,
  }
}
