import { findColumn, type Manifest, type Row } from './manifest.ts'
import { optionColumns } from './option-columns.ts'
import { furtherPictures } from './picture-columns.ts'

/** What a row may keep of its own columns, as the producer takes it: `columns` of a row of a batch. */
export const keptLimits = { entries: 100, name: 64, value: 2_000, bytes: 16_384 } as const

/** Fields of a line of JSON that are no column of its author's. */
const fieldsOfLines = ['image', 'images', 'prompt', 'metadata']

/**
 * The columns of a catalog that its rows are read with: pictures, key, fields of an edit, and the prompt where it is a
 * column. All others are the author's own, and come back with the results. `imageColumn` and `ownColumns` as in
 * `ReadOptions`.
 */
export function takenColumns(
  { unit, columns }: Pick<Manifest, 'unit' | 'columns'>,
  by: { imageColumn: string; ownColumns?: readonly string[]; keyColumns: readonly string[]; prompt: boolean },
): Set<string> {
  const named = [by.imageColumn, ...furtherPictures(by.imageColumn), ...(by.prompt ? ['prompt'] : [])]
  const ofLines = unit === 'line' ? fieldsOfLines : []
  const found = [...named, ...ofLines].flatMap((name) => findColumn(columns, name) ?? [])
  const fields = unit === 'file' ? [] : optionColumns(columns, by.ownColumns).found
  return new Set([...found, ...by.keyColumns, ...fields.map(({ column }) => column)])
}

/** `left` are the columns that are too long to be kept, or that no store could give back. */
export type KeptColumns = { columns?: Record<string, string>; left: { field: string; detail: string }[] }

/** What the producer refuses in a text with lines. */
const unfit = /[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}/u

/** The author's own cells of a row that have a text, as many as fit, in their order. */
export function keptColumns({ cells, unreadable }: Row, taken: ReadonlySet<string>): KeptColumns {
  const columns: Record<string, string> = {}
  const left: KeptColumns['left'] = []
  let [entries, bytes] = [0, 0]
  for (const [column, text] of cells) {
    if (taken.has(column) || column === '') continue
    const broken = unreadable?.get(column)
    const detail = broken ?? reasonToLeave(column, text)
    if (text === '' && broken === undefined) continue
    const size = Buffer.byteLength(column) + Buffer.byteLength(text)
    if (detail !== undefined)
      left.push({ field: column, detail: `${detail}: it is not kept with the results` })
    else if (entries === keptLimits.entries || bytes + size > keptLimits.bytes)
      left.push({ field: column, detail: tooMuch })
    else {
      columns[column] = text
      entries += 1
      bytes += size
    }
  }
  return entries === 0 ? { left } : { columns, left }
}

const tooMuch = `is not kept with the results: a row keeps at most ${keptLimits.entries} cells and ${keptLimits.bytes} bytes`

function reasonToLeave(column: string, text: string): string | undefined {
  if (column.length > keptLimits.name) return `has a name of more than ${keptLimits.name} characters`
  if (text.length > keptLimits.value) return `has more than ${keptLimits.value} characters`
  if (unfit.test(column) || unfit.test(text) || !text.isWellFormed()) return 'holds a control character'
  return undefined
}
