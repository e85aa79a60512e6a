import { type EditRequest, RowRequest } from '@restyle/shared/contract/edit-request'
import { type Fault, faultsOf } from '@restyle/shared/contract/fault'
import { digestOf } from '@restyle/shared/ids'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Row } from '@restyle/shared/rows/chunk'
import { openTurns } from '@restyle/shared/turns'
import type { z } from 'zod'
import type { BodyPictures } from './body-pictures.ts'
import { faultsOfBounds, faultsOfSize } from './bounds.ts'
import { checkEdit, type CheckFacts } from './check-edit.ts'
import { addFaults, type FaultList, noFaults } from './outcome.ts'

/** A row whose shape is right. A row knows its own number, so that rows can also come in parts. */
export type FitRow<Request extends EditRequest = EditRequest> = {
  row: number
  request: Request
  bodyHash: string
}

/** The rows whose shape is right, what is wrong with the others, and how many there are. */
export type ReadRows<Request extends EditRequest = EditRequest> = {
  fit: FitRow<Request>[]
  misshapen: FaultList
  total: number
}

/** The rows of a batch. Reads each row by itself, so that a misshapen row does not hide the faults of the others. */
export const readRows = (raw: Iterable<unknown>, pictures?: BodyPictures): Promise<ReadRows<RowRequest>> =>
  readRowsAs(RowRequest, raw, pictures)

/** The same for rows of another shape. */
export async function readRowsAs<Request extends EditRequest>(
  shape: z.ZodType<Request>,
  raw: Iterable<unknown>,
  pictures?: BodyPictures,
): Promise<ReadRows<Request>> {
  const turn = openTurns()
  const fit: FitRow<Request>[] = []
  const misshapen = noFaults()
  let row = 0
  for (const value of raw) {
    await turn()
    const read = readRow(shape, value, pictures)
    if (read.kind === 'fit') fit.push({ row, request: read.request, bodyHash: read.bodyHash })
    else addFaults(misshapen, row, read.faults)
    row += 1
  }
  return { fit, misshapen, total: row }
}

/** A row by itself. */
export type ReadRow<Request extends EditRequest = EditRequest> =
  | { kind: 'fit'; request: Request; bodyHash: string }
  | { kind: 'misshapen'; faults: Fault[] }

export function readRow<Request extends EditRequest>(
  shape: z.ZodType<Request>,
  value: unknown,
  pictures?: BodyPictures,
): ReadRow<Request> {
  const tooLong = faultsOfBounds(value)
  if (tooLong.length > 0) return { kind: 'misshapen', faults: tooLong }
  const named = pictures?.named(value) ?? { value, faults: [] }
  if (named.faults.length > 0) return { kind: 'misshapen', faults: named.faults }
  const parsed = shape.safeParse(named.value)
  if (!parsed.success) return { kind: 'misshapen', faults: faultsOf(parsed.error) }
  const tooMuch = faultsOfSize(parsed.data)
  return tooMuch.length > 0
    ? { kind: 'misshapen', faults: tooMuch }
    : { kind: 'fit', request: parsed.data, bodyHash: digestOf(parsed.data) }
}

/** Every fault of the rows whose shape is right. */
export async function faultsOfRows(rows: readonly FitRow[], facts: CheckFacts): Promise<FaultList> {
  const turn = openTurns()
  const faults = noFaults()
  for (const { row, request } of rows) {
    await turn()
    addFaults(faults, row, checkEdit(request, facts))
  }
  return faults
}

/** A key names the folder of the images: two rows with one key would write to one place. */
export async function sharedKeys(rows: readonly FitRow[]): Promise<FaultList> {
  const turn = openTurns()
  const faults = noFaults()
  const first = new Map<string, number>()
  for (const fit of rows) {
    await turn()
    const key = keyOf(fit)
    const before = first.get(key)
    if (before === undefined) first.set(key, fit.row)
    else
      addFaults(faults, fit.row, [
        { path: ['key'], detail: `key ${JSON.stringify(key)} is the key of row ${before + 1} already` },
      ])
  }
  return faults
}

/** The rows as their chunks keep them. */
export async function rowsToStore(
  rows: readonly FitRow<RowRequest>[],
  trace: Pick<Row, 'traceparent'>,
): Promise<Row[]> {
  const turn = openTurns()
  const stored: Row[] = []
  for (const fit of rows) {
    await turn()
    stored.push(rowToStore(fit, trace))
  }
  return stored
}

/** A row as its chunk keeps it: what rests in the bucket alone stands beside what is asked for. */
export function rowToStore(fit: FitRow<RowRequest>, trace: Pick<Row, 'traceparent'>): Row {
  const { columns, fingerprint, ...request } = fit.request
  return {
    row: fit.row,
    key: keyOf(fit),
    request,
    bodyHash: fit.bodyHash,
    ...trace,
    ...(columns === undefined ? {} : { columns }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }
}

/** The edit that one which comes alone becomes. */
export const newEdit = (
  fit: FitRow,
  of: Pick<NewEdit, 'id' | 'producer' | 'batch' | 'traceparent'>,
): NewEdit => ({ ...of, row: fit.row, key: keyOf(fit), request: fit.request, bodyHash: fit.bodyHash })

/** Without a key of its own a row has its number, counted from 1, as key. */
export const keyOf = ({ request, row }: Pick<FitRow, 'request' | 'row'>): string =>
  request.key ?? String(row + 1)
