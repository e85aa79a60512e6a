import { columnName } from './clean-text.ts'

/** A picture of a row: `field` is the column, `address` a path, a URL or a digest. */
export type ImageCell = { field: string; address: string }

/** How an edit takes its turn, as `POST /v1/edits` names it. */
export type EditClass = 'interactive' | 'standard' | 'bulk'

/** What an edit asks for besides its pictures, its prompt and its key, as `POST /v1/edits` names it. */
export type EditOptions = {
  model?: string
  n?: number
  negativePrompt?: string
  size?: string
  seed?: number
  promptExtend?: boolean
  watermark?: boolean
  class?: EditClass
  metadata?: Record<string, string>
}

/** One row before any check. `number` counts from 1 as a reader of the file does. */
export type Row = {
  number: number
  cells: ReadonlyMap<string, string>
  images: readonly ImageCell[]
  /** What the row asks for itself; it goes before what all rows have in common. */
  own: EditOptions & { prompt?: string }
  /** Columns whose cell has no text, and why: a fault only where the cell is needed. */
  unreadable?: ReadonlyMap<string, string>
  /** A line of JSON as it was written. */
  written?: string
}

/** A row that cannot be used, as far as it could be read: for its author to mend. */
export type RawRow = Pick<Row, 'number' | 'cells' | 'written'>

/** What rows are called in messages. */
export type Unit = 'row' | 'line' | 'file'

/** What a catalog is, without its rows: how many there are, and the columns that any of them has. */
export type Manifest = {
  unit: Unit
  /** Relative paths begin here. */
  folder: string
  columns: readonly string[]
  rows: number
}

/**
 * One reason why a catalog cannot be used. `where` is a row (`row 7`), the file, or a setting of the reader
 * (`imageColumn`, `keyColumn`, `prompt`, `headerRow`, `sheet`, `inheritBy`, `skipEmpty`, `ownColumns`); `field` is a column. `detail` continues after a colon: `is empty`.
 */
export type ManifestFault = { where: string; field?: string; detail: string }

/**
 * What a reader yields: a row, a reason why the catalog cannot be used, or a note: something that was left out or read
 * in a way that its author should know of. Rows may follow a fault, and rows directly before one may be missing. A fault
 * with a `row` is that row's alone: the others can be used without it.
 */
export type RowItem =
  | { kind: 'row'; row: Row }
  | { kind: 'fault'; fault: ManifestFault; row?: RawRow }
  | { kind: 'note'; note: ManifestFault }

/** The column of that name: exactly, else without regard to case and unseen signs. */
export function findColumn(columns: readonly string[], name: string): string | undefined {
  const folded = columnName(name).toLowerCase()
  return (
    columns.find((column) => column === name) ??
    columns.find((column) => columnName(column).toLowerCase() === folded)
  )
}

const COLUMNS_SHOWN = 30

/** For messages: the columns there are. */
export function columnsText(columns: readonly string[]): string {
  if (columns.length === 0) return 'there are none'
  const more = columns.length - COLUMNS_SHOWN
  return `there are ${columns.slice(0, COLUMNS_SHOWN).map(shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const LONGEST_SHOWN = 200

/** Text of a catalog in a message: a cell may be as long as its author likes. */
export const shown = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
