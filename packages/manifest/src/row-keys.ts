import { trimCell } from './clean-text.ts'
import { columnsText, findColumn, shown, type Manifest, type ManifestFault } from './manifest.ts'

const USUAL = ['sku', 'key', 'id']

/** The key of one row, or what is wrong with it. */
export type RowKey = { kind: 'key'; key: string } | { kind: 'fault'; detail: string }

/** The keys in the order of the rows, and the column that they come from; or why there are none. */
export type RowKeys =
  | { kind: 'keys'; column: string; keys: RowKey[] }
  | { kind: 'unfit'; fault: ManifestFault }

/**
 * The key of each row, which names its results: from the column `name`, else from `sku`, `key` or `id`, else the row's
 * number. `faultOfKey` says what is wrong with the form of one.
 */
export function rowKeys(
  { columns, rows, unit }: Manifest,
  name: string | undefined,
  faultOfKey: (key: string) => string | undefined,
): RowKeys {
  const column = name === undefined ? usualColumn(columns) : findColumn(columns, name)
  if (name !== undefined && column === undefined) {
    const detail = `there is no column ${name}; ${columnsText(columns)}`
    return { kind: 'unfit', fault: { where: 'keyColumn', detail } }
  }
  const first = new Map<string, number>()
  const keys = rows.map(({ number, cells }): RowKey => {
    const key = column === undefined ? String(number) : trimCell(cells.get(column) ?? '')
    if (key === '') return { kind: 'fault', detail: 'is empty' }
    const fault = faultOfKey(key)
    if (fault !== undefined) return { kind: 'fault', detail: fault }
    const before = first.get(key)
    if (before !== undefined)
      return { kind: 'fault', detail: `${shown(key)} is the key of ${unit} ${before} already` }
    first.set(key, number)
    return { kind: 'key', key }
  })
  return { kind: 'keys', column: column ?? 'key', keys }
}

const usualColumn = (columns: readonly string[]): string | undefined =>
  USUAL.map((usual) => findColumn(columns, usual)).find((found) => found !== undefined)
