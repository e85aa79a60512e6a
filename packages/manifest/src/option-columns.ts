import type { Manifest, ManifestFault } from './manifest.ts'

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
  'metadata',
]

/** What `POST /v1/edits` names, by what is left of a name without its case, blanks, dashes and underscores. */
const options = new Map([
  ...names.map((name) => [folded(name), name] as const),
  ['negative', 'negativePrompt'],
])

/**
 * Columns that look like an option of an edit and are not read as one. `used`: the columns that the catalog is read
 * with; what a template writes is not lost.
 */
export function ignoredColumns(
  { unit, columns }: Pick<Manifest, 'unit' | 'columns'>,
  used: ReadonlySet<string>,
): ManifestFault[] {
  const named = columns.flatMap((column) => {
    const option = used.has(column) ? undefined : options.get(folded(column))
    return option === undefined ? [] : [{ column, option }]
  })
  if (unit === 'row')
    return named.map(({ column, option }) => ({
      where: `column ${column}`,
      detail: `is not read as the option ${option}: in a table, flags say it for all rows; JSON lines say it in each`,
    }))
  return named
    .filter(({ column, option }) => unit === 'line' && column !== option)
    .map(({ column, option }) => ({
      where: `field ${column}`,
      detail: `is not read as the option ${option}: write it like that`,
    }))
}
