import { catalogLimits } from '@restyle/manifest/catalog-limits'
import type { Unit } from '@restyle/manifest/manifest'
import type { RejectedRow } from '@restyle/manifest/rejected-row'
import { jsonOf, readWrittenObject } from '@restyle/manifest/written-json'
import { byteOrderMark, escapeCell } from '@restyle/results/csv'

/** A row that is left out, with what is wrong with it. */
export type LeftOut = {
  number: number
  field: string
  reason: string
  cells: Record<string, string>
  /** A line of JSON as it was. */
  written?: string
}

/** What decides how rows that are left out are written. */
export type RejectedCatalog = {
  columns: readonly string[]
  unit: Unit
  /** Rows have no key but their numbers: those go along, so that they stay who they are. */
  isNumbered: boolean
  /** The catalog was such a file itself: what it says of its rows is written anew. */
  isAgain: boolean
  /** Where the pictures of a folder are, as its rows name them in the file. */
  folder: string
}

export const leftOutOf = ({ row, faults }: RejectedRow): LeftOut => ({
  number: row.number,
  field: [...new Set(faults.map(({ field = '' }) => field))].filter((field) => field !== '').join('; '),
  reason: faults.map(({ detail }) => detail).join('; '),
  cells: Object.fromEntries(row.cells),
  ...(row.written !== undefined && { written: row.written }),
})

/** JSON lines stay JSON lines: a table has no place for lists. */
export const endingOf = (unit: Unit): string => (unit === 'line' ? 'jsonl' : 'csv')

/** The lines of a catalog of the rows that are left out, each with its end. */
export const rejectLines = (rows: AsyncIterable<LeftOut>, catalog: RejectedCatalog): AsyncGenerator<string> =>
  catalog.unit === 'line' ? jsonLines(rows, catalog) : table(rows, catalog)

async function* jsonLines(
  rows: AsyncIterable<LeftOut>,
  { isNumbered, isAgain, columns }: RejectedCatalog,
): AsyncGenerator<string> {
  const [line, field, reason] = namesOf(['line', 'field', 'reason'], isAgain ? [] : columns)
  for await (const { number, written = '', ...fault } of rows) {
    const read = readWrittenObject(written, catalogLimits.depth)
    const own = read.kind === 'object' ? read.object : { text: written }
    const ours = {
      [line]: number,
      ...(fault.field !== '' && { [field]: fault.field }),
      [reason]: fault.reason,
    }
    const key = isNumbered ? { key: String(number) } : {}
    yield `${jsonOf({ ...ours, ...key, ...own, ...ours })}\n`
  }
}

async function* table(
  rows: AsyncIterable<LeftOut>,
  { columns, unit, isNumbered, isAgain, folder }: RejectedCatalog,
): AsyncGenerator<string> {
  const named = columns.filter((column) => column !== '')
  const ours = unit === 'file' ? ['field', 'reason'] : ['row', 'field', 'reason']
  const own = isAgain ? named.filter((column) => !ours.includes(column.toLowerCase())) : named
  const added = unit === 'file' ? ['image'] : isNumbered ? ['key'] : []
  // Excel takes a file without the mark for one in the language of the machine
  yield byteOrderMark + csvLine([...namesOf(ours, own), ...added, ...own])
  for await (const { number, field, reason, cells } of rows) {
    const said = unit === 'file' ? [field, reason] : [String(number), field, reason]
    const more = unit === 'file' ? [`${folder}${cells['file'] ?? ''}`] : isNumbered ? [String(number)] : []
    yield csvLine([...said, ...more, ...own.map((column) => cells[column] ?? '')])
  }
}

const csvLine = (cells: readonly string[]): string => `${cells.map(escapeCell).join(',')}\r\n`

/** A column of the catalog's own keeps its name, and its text: a prompt may be filled from it. */
function namesOf<Names extends readonly string[]>(ours: Names, own: readonly string[]): Names {
  const taken = new Set(own.map((column) => column.toLowerCase()))
  return ours.map((name) => (taken.has(name) ? `rejected_${name}` : name)) as unknown as Names
}
