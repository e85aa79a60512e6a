import { z } from 'zod'
import { shown, type EditOptions } from './manifest.ts'
import { readOption, spelledSize, type OptionColumn } from './option-columns.ts'

/** What a row may ask for itself: the fields of `POST /v1/edits` without their defaults, which all rows share. */
export const OwnOptions = z.object({
  model: z.string().max(64).exactOptional(),
  n: z.int().exactOptional(),
  prompt: z.string().max(10_000).exactOptional(),
  negativePrompt: z.string().max(10_000).exactOptional(),
  size: z.string().max(20).overwrite(spelledSize).exactOptional(),
  seed: z.int().exactOptional(),
  promptExtend: z.boolean().exactOptional(),
  watermark: z.boolean().exactOptional(),
  class: z.enum(['interactive', 'standard', 'bulk']).exactOptional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).meta({ maxProperties: 50 }).exactOptional(),
})

/** What a row of a table asks for in its own columns, and which of them say nothing that could be meant. */
export type ReadOptionCells = { own: EditOptions; faults: { field: string; detail: string }[] }

const nothing: ReadOptionCells = { own: {}, faults: [] }

/** Reads the cells of the columns that are fields. Blank ones leave the field to what all rows share. */
export function optionsOf(
  columns: readonly OptionColumn[],
  cells: ReadonlyMap<string, string>,
): ReadOptionCells {
  if (columns.length === 0) return nothing
  const faults: ReadOptionCells['faults'] = []
  const values: Record<string, unknown> = {}
  const metadata: Record<string, unknown> = {}
  for (const each of columns) {
    const cell = cells.get(each.column) ?? ''
    const read = readOption(each.field, cell)
    if (read.kind === 'fault')
      faults.push({ field: each.column, detail: `${shown(cell)} ${read.detail}; ${ownHint(each.column)}` })
    if (read.kind !== 'value') continue
    if (each.field === 'metadata') metadata[each.entry] = read.value
    else values[each.field] = read.value
  }
  if (Object.keys(metadata).length > 0) values['metadata'] = metadata
  const { data, error } = OwnOptions.safeParse(values)
  if (data !== undefined) return { own: data, faults }
  return { own: {}, faults: [...faults, ...error.issues.map((issue) => faultOf(issue, columns))] }
}

function faultOf({ path, message }: z.core.$ZodIssue, columns: readonly OptionColumn[]) {
  const [field, entry] = path
  const column = columns.find(
    (each) =>
      each.field === field && (each.field !== 'metadata' || entry === undefined || each.entry === entry),
  )?.column
  return { field: column ?? String(field), detail: `${message}; ${ownHint(column ?? String(field))}` }
}

/** A catalog had its own `size` before this product had one. */
const ownHint = (column: string): string => `if the column is your own, say --own-column ${column}`
