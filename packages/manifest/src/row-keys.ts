import { EditKey } from '@restyle/shared/contract/edit-request'
import { Stop } from '../stop.ts'
import { columnsText, findColumn, type Manifest } from './manifest.ts'

const USUAL = ['sku', 'key', 'id']

/** The key of one row, or what is wrong with it. */
export type RowKey = { key: string } | { fault: string }

/**
 * The key of each row, by which its results are found again: from the column of that name, else from `sku`, `key` or
 * `id`, else the row's number.
 */
export function rowKeys(
  { columns, rows, unit }: Manifest,
  name: string | undefined,
): { column: string; keys: RowKey[] } {
  const column = keyColumn(columns, name)
  const first = new Map<string, number>()
  const keys = rows.map(({ number, cells }): RowKey => {
    const key = column === undefined ? String(number) : (cells.get(column) ?? '').trim()
    if (key === '') return { fault: 'is empty' }
    const { success, error } = EditKey.safeParse(key)
    if (!success) return { fault: error.issues[0]?.message ?? 'is no key' }
    const before = first.get(key)
    if (before !== undefined) return { fault: `${key} stands in ${unit} ${before} already` }
    first.set(key, number)
    return { key }
  })
  return { column: column ?? 'key', keys }
}

function keyColumn(columns: readonly string[], name: string | undefined): string | undefined {
  if (name === undefined)
    return USUAL.map((usual) => findColumn(columns, usual)).find((found) => found !== undefined)
  const column = findColumn(columns, name)
  if (column === undefined)
    throw new Stop('input', [`--key-column: ${name} is no column; ${columnsText(columns)}`])
  return column
}
