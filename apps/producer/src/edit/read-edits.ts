import { setImmediate as breathe } from 'node:timers/promises'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { digestOf } from '@restyle/shared/ids'
import type { RequestFault } from '../http/problem.ts'
import { faultsOf, pointerOf } from '../http/validate.ts'
import { faultsOfEdit, type Surroundings } from './faults-of-edit.ts'

/** Rows between two moments in which other requests are served. */
const rowsPerTurn = 500

/** One edit of a body: the request and its digest, or what is wrong with its shape. */
export type Row =
  | { request: EditRequest; bodyHash: string; faults: [] }
  | { request: undefined; faults: RequestFault[] }

/** Where a row stands in its body: nowhere special (a single edit), or in a batch. */
export type Place = (row: number) => { at: (string | number)[]; row?: number }

export const alone: Place = () => ({ at: [] })
export const inBatch: Place = (row) => ({ at: ['edits', row], row: row + 1 })

/** Reads every row by itself, so that one that is misshapen does not hide what is wrong with the others. */
export async function readEdits(raw: readonly unknown[], place: Place): Promise<Row[]> {
  const rows: Row[] = []
  for (const [i, value] of raw.entries()) {
    if (i % rowsPerTurn === rowsPerTurn - 1) await breathe()
    const parsed = EditRequest.safeParse(value)
    if (parsed.success) rows.push({ request: parsed.data, bodyHash: digestOf(parsed.data), faults: [] })
    else {
      const { at, row } = place(i)
      const faults = faultsOf(parsed.error, at).map((fault) =>
        row === undefined ? fault : { row, ...fault },
      )
      rows.push({ request: undefined, faults })
    }
  }
  return rows
}

/** Every fault of every row, in the order of the rows. */
export async function faultsOfRows(
  rows: readonly Row[],
  around: Surroundings,
  place: Place,
): Promise<RequestFault[]> {
  const faults: RequestFault[] = []
  for (const [i, { request, faults: ofShape }] of rows.entries()) {
    if (i % rowsPerTurn === rowsPerTurn - 1) await breathe()
    if (request === undefined) {
      faults.push(...ofShape)
      continue
    }
    const { at, row } = place(i)
    for (const { path, message } of faultsOfEdit(request, around))
      faults.push({
        ...(row === undefined ? {} : { row }),
        pointer: pointerOf([...at, ...path]),
        detail: message,
      })
  }
  return faults
}
