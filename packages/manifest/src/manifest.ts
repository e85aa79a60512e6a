import type { EditRequestInput } from '@restyle/shared/contract/edit-request'

/** Where a picture stands in a row: `field` is the column, `address` a path, a URL or a digest. */
export type ImageCell = { field: string; address: string }

/** What a row asks for itself, before the options of the command. Only JSONL rows do. */
export type OwnWishes = {
  [Field in Exclude<keyof EditRequestInput, 'images' | 'key'>]?: Exclude<EditRequestInput[Field], undefined>
}

/** One row before any check. `number` counts from 1 as the file's reader sees it. */
export type Row = {
  number: number
  cells: ReadonlyMap<string, string>
  images: readonly ImageCell[]
  own: OwnWishes
}

/** A catalog as it was written. */
export type Manifest = {
  /** What rows are called in messages. */
  unit: 'row' | 'line' | 'file'
  /** Relative paths begin here, and none leads outside. */
  folder: string
  columns: readonly string[]
  rows: readonly Row[]
}

/** The column of that name: exactly, else without regard to case. */
export const findColumn = (columns: readonly string[], name: string): string | undefined =>
  columns.find((column) => column === name) ??
  columns.find((column) => column.toLowerCase() === name.toLowerCase())

/** For messages: the columns there are. */
export const columnsText = (columns: readonly string[]): string =>
  columns.length === 0 ? 'there are none' : `there are ${columns.join(', ')}`
