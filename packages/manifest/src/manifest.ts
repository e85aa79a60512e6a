/** A picture of a row: `field` is the column, `address` a path, a URL or a digest. */
export type ImageCell = { field: string; address: string }

/** What an edit asks for besides its pictures, its prompt and its key, as `POST /v1/edits` names it. */
export type EditOptions = {
  model?: string
  n?: number
  negativePrompt?: string
  size?: string
  seed?: number
  promptExtend?: boolean
  watermark?: boolean
  metadata?: Record<string, string>
}

/** One row before any check. `number` counts from 1 as a reader of the file does. */
export type Row = {
  number: number
  cells: ReadonlyMap<string, string>
  images: readonly ImageCell[]
  /** What the row asks for itself; it goes before what all rows have in common. Only rows of JSON lines do. */
  own: EditOptions & { prompt?: string }
}

/** What rows are called in messages. */
export type Unit = 'row' | 'line' | 'file'

/** A catalog in memory. */
export type Manifest = {
  unit: Unit
  /** Relative paths begin here. */
  folder: string
  columns: readonly string[]
  rows: readonly Row[]
}

/**
 * One reason why a catalog cannot be used. `where` is a row (`row 7`), the file, or a setting of the reader
 * (`imageColumn`, `keyColumn`, `prompt`); `field` is a column. `detail` continues after a colon: `is empty`.
 */
export type ManifestFault = { where: string; field?: string; detail: string }

/**
 * What a reader yields: a row, or a reason why the catalog cannot be used. Rows may follow a fault, and rows directly
 * before one may be missing.
 */
export type RowItem = { kind: 'row'; row: Row } | { kind: 'fault'; fault: ManifestFault }

/** The column of that name: exactly, else without regard to case. */
export const findColumn = (columns: readonly string[], name: string): string | undefined =>
  columns.find((column) => column === name) ??
  columns.find((column) => column.toLowerCase() === name.toLowerCase())

/** For messages: the columns there are. */
export const columnsText = (columns: readonly string[]): string =>
  columns.length === 0 ? 'there are none' : `there are ${columns.join(', ')}`
