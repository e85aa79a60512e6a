import { hash } from 'node:crypto'
import { type EditRequest, RowRequest } from '@restyle/shared/contract/edit-request'
import type { Fault } from '@restyle/shared/contract/fault'
import { limits } from '@restyle/shared/contract/limits'
import type { Row } from '@restyle/shared/rows/chunk'
import { openTurns } from '@restyle/shared/turns'
import type { FindKey } from './batch-keys.ts'
import type { BodyPictures } from './body-pictures.ts'
import { checkEdit, type CheckFacts } from './check-edit.ts'
import type { RawRow } from './raw-row.ts'
import { keyOf, readRow, rowToStore } from './rows.ts'

/** A line of a chunk by itself: what it asks for, or what is wrong with its shape. `bodyHash` tells it from others. */
export type ChunkLine = { bodyHash: string } & (
  | { kind: 'fit'; request: RowRequest }
  | { kind: 'misshapen'; faults: Fault[] }
)

/** Lines, by their places in the chunk from 0, that are no rows of the batch. */
export type Faulty = ReadonlyMap<number, Fault[]>

/** Reads each line by itself. */
export async function readLines(raw: readonly RawRow[], pictures?: BodyPictures): Promise<ChunkLine[]> {
  const turn = openTurns()
  const lines: ChunkLine[] = []
  for (const row of raw) {
    await turn()
    if (row.kind === 'broken') lines.push(misshapen([{ path: [], detail: row.detail }], row.digest))
    else {
      const read = readRow(RowRequest, row.value, pictures)
      lines.push(
        read.kind === 'fit' ? read : misshapen(read.faults, hash('sha256', JSON.stringify(row.value))),
      )
    }
  }
  return lines
}

const misshapen = (faults: Fault[], digest: string): ChunkLine => ({
  kind: 'misshapen',
  faults,
  bodyHash: `! ${digest}`,
})

/** The same for the same lines: what they ask for, whatever order their fields have; of misshapen ones what came. */
export const digestOfLines = (lines: readonly ChunkLine[]): string =>
  hash('sha256', lines.map(({ bodyHash }) => bodyHash).join('\n')).slice(0, 32)

/** What lines are checked against. `first`: the row of the first line; `skips`: a faulty line leaves no gap. */
type Checking = { first: number; skips: boolean; facts: CheckFacts; findKey: FindKey }

/** The lines that have faults, and all of these. */
export async function faultyLines(
  lines: readonly ChunkLine[],
  { first, skips, facts, findKey }: Checking,
): Promise<Faulty> {
  const turn = openTurns()
  const faulty = new Map<number, Fault[]>()
  const keys = new Map<string, number>()
  for (const [place, line] of lines.entries()) {
    await turn()
    const row = skips ? first + place - faulty.size : first + place
    const faults =
      line.kind === 'misshapen'
        ? line.faults
        : [
            ...faultsOfKey(keyOf({ request: line.request, row })),
            ...checkEdit(line.request, facts),
            ...unseen(line.request),
          ]
    if (faults.length > 0) faulty.set(place, faults)
    else if (line.kind === 'fit') keys.set(keyOf({ request: line.request, row }), row)
  }
  return faulty

  function faultsOfKey(key: string): Fault[] {
    const before = keys.get(key) ?? findKey(key)
    const detail = `key ${JSON.stringify(key)} is the key of row ${(before ?? 0) + 1} already`
    return before === undefined ? [] : [{ path: ['key'], detail }]
  }

  /** Where many pictures are missing, the others are not looked up: a row that names one of those is not checked. */
  function unseen({ images }: EditRequest): Fault[] {
    if (facts.missing.size < limits.missingSources) return []
    return images.flatMap((image, i) => {
      const sha256 = image.startsWith('sha256:') ? image.slice('sha256:'.length) : undefined
      if (sha256 === undefined || facts.missing.has(sha256) || facts.pictures.has(sha256)) return []
      const detail = `images/${i} was not looked up: ${facts.missing.size} other pictures were not uploaded`
      return [{ path: ['images', i], detail }]
    })
  }
}

/** The rows that lines become which are not left out, numbered from `first` on. */
export function rowsOf(
  lines: readonly ChunkLine[],
  { first, left, traceparent }: { first: number; left: Pick<Faulty, 'has'>; traceparent?: string },
): Row[] {
  const rows: Row[] = []
  const trace = traceparent === undefined ? {} : { traceparent }
  for (const [place, line] of lines.entries()) {
    if (left.has(place) || line.kind !== 'fit') continue
    const { request, bodyHash } = line
    rows.push(rowToStore({ row: first + rows.length, request, bodyHash }, trace))
  }
  return rows
}
