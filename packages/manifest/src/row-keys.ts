import { trimCell } from './clean-text.ts'
import { columnsText, findColumn, shown, type Manifest, type ManifestFault, type Row } from './manifest.ts'

const USUAL = ['sku', 'key', 'id']

/** The key of one row, or what is wrong with it. */
export type RowKey = { kind: 'key'; key: string } | { kind: 'fault'; detail: string }

/**
 * The column that keys come from; or why there are none. `keyOf` is asked for each row once, in their order, and finds keys
 * that are given twice; `sameKeyOf` gives the same for rows that `keyOf` had no fault with, as often as it is asked.
 */
export type RowKeys =
  | { kind: 'keys'; column: string; keyOf: (row: Row) => RowKey; sameKeyOf: (row: Row) => RowKey }
  | { kind: 'unfit'; fault: ManifestFault }

/** Says what is wrong with the form of a key; notes a key for the number of a row, and gives the one that has it already. */
export type KeyRules = {
  faultOfKey: (key: string) => string | undefined
  claim: (key: string, row: number) => number | undefined
}

/**
 * Gives each row its key, which names its results: from the column `name`, else from `sku`, `key` or `id`, else the row's
 * number.
 */
export function rowKeys(
  { columns, unit }: Pick<Manifest, 'columns' | 'unit'>,
  name: string | undefined,
  { faultOfKey, claim }: KeyRules,
): RowKeys {
  const column = name === undefined ? usualColumn(columns) : findColumn(columns, name)
  if (name !== undefined && column === undefined) {
    const detail = `there is no column ${name}; ${columnsText(columns)}`
    return { kind: 'unfit', fault: { where: 'keyColumn', detail } }
  }
  const textOf = ({ number, cells }: Row): string =>
    column === undefined ? String(number) : trimCell(cells.get(column) ?? '')
  const keyOf = (row: Row): RowKey => {
    const key = textOf(row)
    if (key === '') return { kind: 'fault', detail: 'is empty' }
    const fault = faultOfKey(key)
    if (fault !== undefined) return { kind: 'fault', detail: fault }
    const before = claim(key, row.number)
    return before === undefined
      ? { kind: 'key', key }
      : { kind: 'fault', detail: `${shown(key)} is the key of ${unit} ${before} already` }
  }
  return {
    kind: 'keys',
    column: column ?? 'key',
    keyOf,
    sameKeyOf: (row) => ({ kind: 'key', key: textOf(row) }),
  }
}

const usualColumn = (columns: readonly string[]): string | undefined =>
  USUAL.map((usual) => findColumn(columns, usual)).find((found) => found !== undefined)
