import { setImmediate as breathe } from 'node:timers/promises'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { type Fault, faultsOf } from '@restyle/shared/contract/fault'
import { digestOf } from '@restyle/shared/ids'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { checkEdit, type CheckFacts } from './check-edit.ts'
import type { RowFault } from './outcome.ts'

/** Rows between two moments in which other requests are served. */
const rowsPerTurn = 500

/** A row whose shape is right. A row knows its own number, so that rows can also come in parts. */
export type FitRow = { kind: 'fit'; row: number; request: EditRequest; bodyHash: string }
export type Row = FitRow | { kind: 'misshapen'; row: number; faults: readonly Fault[] }

/** Reads each row by itself, so that a misshapen row does not hide the faults of the others. */
export async function readRows(raw: readonly unknown[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const [row, value] of raw.entries()) {
    if (row % rowsPerTurn === rowsPerTurn - 1) await breathe()
    const parsed = EditRequest.safeParse(value)
    if (parsed.success) rows.push({ kind: 'fit', row, request: parsed.data, bodyHash: digestOf(parsed.data) })
    else rows.push({ kind: 'misshapen', row, faults: faultsOf(parsed.error) })
  }
  return rows
}

/** Every fault of every row, in the order of the rows. */
export async function faultsOfRows(rows: readonly Row[], facts: CheckFacts): Promise<RowFault[]> {
  const faults: RowFault[] = []
  for (const [i, each] of rows.entries()) {
    if (i % rowsPerTurn === rowsPerTurn - 1) await breathe()
    const { row } = each
    const ofRow = each.kind === 'fit' ? checkEdit(each.request, facts) : each.faults
    for (const fault of ofRow) faults.push({ row, ...fault })
  }
  return faults
}

/** A key names the folder of the images: two rows with one key would write to one place. */
export function sharedKeys(rows: readonly FitRow[]): RowFault[] {
  const first = new Map<string, number>()
  return rows.flatMap((fit) => {
    const key = keyOf(fit)
    const before = first.get(key)
    if (before !== undefined) {
      const detail = `key ${JSON.stringify(key)} is the key of row ${before + 1} already`
      return [{ row: fit.row, path: ['key'], detail }]
    }
    first.set(key, fit.row)
    return []
  })
}

/** The edit that a row becomes. */
export const newEdit = (
  fit: FitRow,
  of: Pick<NewEdit, 'id' | 'producer' | 'batch' | 'traceparent'>,
): NewEdit => ({ ...of, row: fit.row, key: keyOf(fit), request: fit.request, bodyHash: fit.bodyHash })

/** Without a key of its own a row has its number, counted from 1, as key. */
const keyOf = ({ request, row }: FitRow): string => request.key ?? String(row + 1)
