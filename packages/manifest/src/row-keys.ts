import { trimCell } from './clean-text.ts'
import { columnsText, findColumn, shown, type Manifest, type ManifestFault, type Row } from './manifest.ts'
import { columnsOf, fillTemplate, parseTemplate, type Template } from './template.ts'

const USUAL = ['sku', 'key', 'id']

/** The key of one row, or what is wrong with it. */
export type RowKey = { kind: 'key'; key: string } | { kind: 'fault'; detail: string }

/**
 * What messages call the key, and the columns that it comes from; or why there are none. `keyOf` is asked for each row once, in their order, and finds keys
 * that are given twice; `sameKeyOf` gives the same for rows that `keyOf` had no fault with, as often as it is asked.
 */
export type RowKeys =
  | {
      kind: 'keys'
      column: string
      columns: readonly string[]
      keyOf: (row: Row) => RowKey
      sameKeyOf: (row: Row) => RowKey
    }
  | { kind: 'unfit'; fault: ManifestFault }

/** Says what is wrong with the form of a key; notes a key for the number of a row, and gives the one that has it already. */
export type KeyRules = {
  faultOfKey: (key: string) => string | undefined
  claim: (key: string, row: number) => number | undefined
}

/**
 * Gives each row its key, which names its results: from the column `name`, or from a template such as
 * `{{handle}}-{{position}}`; else from `sku`, `key` or `id`, else the row's number.
 */
export function rowKeys(
  manifest: Pick<Manifest, 'columns' | 'unit'>,
  name: string | undefined,
  { faultOfKey, claim }: KeyRules,
): RowKeys {
  const source = sourceOf(manifest, name)
  if (source.kind === 'unfit') return source
  const { column, columns, textOf } = source
  const keyOf = (row: Row): RowKey => {
    const text = textOf(row)
    if (text.kind === 'fault') return text
    const { key } = text
    const fault = faultOfKey(key)
    if (fault !== undefined) return { kind: 'fault', detail: fault }
    const before = claim(key, row.number)
    return before === undefined
      ? { kind: 'key', key }
      : { kind: 'fault', detail: `${shown(key)} is the key of ${manifest.unit} ${before} already` }
  }
  return { kind: 'keys', column, columns, keyOf, sameKeyOf: textOf }
}

/** Whether rows have no key but their numbers, as `rowKeys` gives them. */
export const isNumbered = ({ columns }: Pick<Manifest, 'columns'>, name: string | undefined): boolean =>
  name === undefined && usualColumn(columns) === undefined

type KeySource = { kind: 'source'; column: string; columns: readonly string[]; textOf: (row: Row) => RowKey }

function sourceOf(
  { columns }: Pick<Manifest, 'columns'>,
  name: string | undefined,
): KeySource | Extract<RowKeys, { kind: 'unfit' }> {
  const unfit = (detail: string) => ({ kind: 'unfit', fault: { where: 'keyColumn', detail } }) as const
  if (name?.includes('{{')) {
    const parsed = parseTemplate(name, columns)
    return parsed.kind === 'fault' ? unfit(parsed.detail) : filledKeys(parsed.template)
  }
  const column = name === undefined ? usualColumn(columns) : findColumn(columns, name)
  if (column !== undefined) return { kind: 'source', column, columns: [column], textOf: cellOf(column) }
  if (name !== undefined) return unfit(`there is no column ${name}; ${columnsText(columns)}`)
  const textOf = ({ number }: Row): RowKey => ({ kind: 'key', key: String(number) })
  return { kind: 'source', column: 'key', columns: [], textOf }
}

const cellOf =
  (column: string) =>
  ({ cells, unreadable }: Row): RowKey => {
    const detail = unreadable?.get(column)
    if (detail !== undefined) return { kind: 'fault', detail }
    const key = trimCell(cells.get(column) ?? '')
    return key === '' ? { kind: 'fault', detail: 'is empty' } : { kind: 'key', key }
  }

function filledKeys(template: Template): KeySource {
  const columns = columnsOf(template)
  const textOf = ({ cells, unreadable }: Row): RowKey => {
    const broken = columns.find((column) => unreadable?.has(column))
    if (broken !== undefined)
      return { kind: 'fault', detail: `{{${broken}}} ${unreadable?.get(broken) ?? ''}` }
    const filled = fillTemplate(template, cells)
    if (filled.kind === 'filled') return { kind: 'key', key: filled.text }
    return { kind: 'fault', detail: `{{${filled.columns.join('}}, {{')}}} is empty in this row` }
  }
  return { kind: 'source', column: 'key', columns, textOf }
}

const usualColumn = (columns: readonly string[]): string | undefined =>
  USUAL.map((usual) => findColumn(columns, usual)).find((found) => found !== undefined)
