import { findColumn, type EditOptions, type Manifest, type ManifestFault } from './manifest.ts'
import { columnName, trimCell } from './clean-text.ts'

/** What is left of a name without its case, blanks, dashes and underscores. */
export const folded = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '')

const names = [
  'model',
  'n',
  'negativePrompt',
  'size',
  'seed',
  'promptExtend',
  'watermark',
  'class',
] as const satisfies readonly (keyof EditOptions)[]

type OptionName = (typeof names)[number]

/** What `POST /v1/edits` names, by what is left of a name without its case, blanks, dashes and underscores. */
const options = new Map<string, OptionName>([
  ...names.map((name) => [folded(name), name] as const),
  ['negative', 'negativePrompt'],
])

const metadata = /^metadata\.(?<name>.+)$/i

/** A column of a table that is a field of the edit; `metadata` has the name of an entry. */
export type OptionColumn = { column: string } & ({ field: OptionName } | { field: 'metadata'; entry: string })

/**
 * Those columns of a table that are fields of an edit, in any case and with blanks, dashes or underscores. `own` are not,
 * whatever they are called. Two columns for one field are a fault.
 */
export function optionColumns(
  columns: readonly string[],
  own: readonly string[] = [],
): { found: OptionColumn[]; fault?: string } {
  const kept = new Set(own.map((name) => findColumn(columns, name)))
  const found = columns.flatMap((column) => (kept.has(column) ? [] : (optionColumn(column) ?? [])))
  const byField = Map.groupBy(found, (each) =>
    each.field === 'metadata' ? `metadata.${each.entry}` : each.field,
  )
  const twice = [...byField.values()].find((group) => group.length > 1)
  if (twice === undefined) return { found }
  const both = twice.map(({ column }) => column).join(' and ')
  return { found, fault: `has the columns ${both}, which are the same field; take one away` }
}

function optionColumn(column: string): OptionColumn | undefined {
  const entry = columnName(metadata.exec(column)?.groups?.['name'] ?? '')
  if (entry !== '') return { column, field: 'metadata', entry }
  const field = options.get(folded(column))
  return field === undefined ? undefined : { column, field }
}

/** What a cell of such a column says; `detail` continues after the name of the column. */
export type OptionCell =
  | { kind: 'blank' }
  | { kind: 'value'; value: unknown }
  | { kind: 'fault'; detail: string }

const yes = new Set(['true', 'yes', 'on', '1', '是'])
const no = new Set(['false', 'no', 'off', '0', '否'])

/** A size as the vendor writes it: `1280*960`. Anything else stays as it is. */
export const spelledSize = (text: string): string =>
  text.trim().replace(/^(\d+)\s*[x×*＊]\s*(\d+)$/i, '$1*$2')

/** Reads what people write into a cell: `1280x960` is a size, `yes` is true. A blank cell says nothing. */
export function readOption(field: OptionColumn['field'], cell: string): OptionCell {
  const text = trimCell(cell)
  if (text === '') return { kind: 'blank' }
  const value = (read: unknown): OptionCell => ({ kind: 'value', value: read })
  const lower = text.toLowerCase()
  switch (field) {
    case 'n':
    case 'seed':
      if (/^-?\d{1,15}$/.test(text)) return value(Number(text))
      return { kind: 'fault', detail: 'is not a whole number' }
    case 'promptExtend':
    case 'watermark':
      if (yes.has(lower) || no.has(lower)) return value(yes.has(lower))
      return { kind: 'fault', detail: 'is neither true nor false' }
    case 'size':
      return value(spelledSize(text))
    case 'class':
      return value(lower)
    case 'model':
    case 'negativePrompt':
    case 'metadata':
      return value(text)
  }
}

/** Fields of JSON lines that look like an option of an edit and are not read as one. `used`: what a template writes. */
export function ignoredColumns(
  { unit, columns }: Pick<Manifest, 'unit' | 'columns'>,
  used: ReadonlySet<string>,
): ManifestFault[] {
  if (unit !== 'line') return []
  const known: readonly string[] = names
  return columns.flatMap((column) => {
    const option = used.has(column) || known.includes(column) ? undefined : options.get(folded(column))
    if (option === undefined) return []
    return [{ where: `field ${column}`, detail: `is not read as the option ${option}: write it like that` }]
  })
}
