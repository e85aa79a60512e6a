import { faultsOfPicture, faultsOfSpec, type Picture } from '@restyle/dashscope/accepts'
import type { Model } from '@restyle/dashscope/model'
import { findModel, models } from '@restyle/dashscope/models'
import type { EditOptions, ImageCell, Row } from './manifest.ts'
import { fillTemplate, type Template } from './template.ts'

/** What all rows have in common. */
export type SharedOptions = EditOptions & { model: string; n: number }

/** One row, ready to be sent as the body of `POST /v1/edits`. */
export type PlannedEdit = SharedOptions & { prompt: string; images: string[]; key?: string }

/** A picture on this machine by its header and its content; `sha256` in hex. */
export type LocalPicture = { path: string; picture: Picture; sha256: string }

/** Reads the picture that a relative path names; `detail` continues after the path: `does not exist`. */
export type PictureReader = (
  path: string,
) => Promise<{ kind: 'picture'; local: LocalPicture } | { kind: 'fault'; detail: string }>

/** What a cell names: an address to send as it is, or a file on this machine. */
export type NamedPicture =
  | { kind: 'address'; address: string }
  | { kind: 'path'; path: string }
  | { kind: 'fault'; detail: string }

/** What rows are checked with. Without a template each row needs a prompt of its own. */
export type RowContext = {
  options: SharedOptions
  template: Template | undefined
  /** Tells addresses and paths apart, and which addresses may be sent. */
  pictureOf: (cell: string) => NamedPicture
  read: PictureReader
}

/** One thing that is wrong with a row: `field` is a column or a parameter. */
export type RowFault = { field: string; detail: string }

/** The result of a check. With faults the edit is unfinished. */
export type CheckedRow = { edit: PlannedEdit; pictures: LocalPicture[]; faults: RowFault[] }

/** Checks one row and its pictures against the limits of its model, and names every fault. */
export async function checkRow(row: Row, { options, template, ...context }: RowContext): Promise<CheckedRow> {
  const own = { ...options, ...row.own }
  const model = findModel(own.model)
  if (model === undefined) {
    const faults = [{ field: 'model', detail: unknownModel(own.model) }]
    return { edit: { ...own, prompt: '', images: [] }, pictures: [], faults }
  }
  const prompt = promptOf(row, template)
  const spec = { ...own, prompt: prompt.text ?? 'unknown', images: row.images.length }
  const faults: RowFault[] = [
    ...prompt.faults.map((detail) => ({ field: 'prompt', detail })),
    ...faultsOfSpec(model, spec).map(({ field, message }) => ({ field, detail: message })),
  ]
  const images: string[] = []
  const pictures: LocalPicture[] = []
  for (const cell of row.images) {
    const found = await imageOf(cell, model, context)
    faults.push(...found.faults.map((detail) => ({ field: cell.field, detail })))
    images.push(...found.addresses)
    pictures.push(...found.pictures)
  }
  return { edit: { ...own, prompt: spec.prompt, images }, pictures, faults }
}

/** For messages. */
export const unknownModel = (id: string): string =>
  `there is no model ${id}; there are ${Object.keys(models).join(', ')}`

function promptOf(row: Row, template: Template | undefined): { text?: string; faults: string[] } {
  if (row.own.prompt !== undefined) return { text: row.own.prompt, faults: [] }
  if (template === undefined) return { faults: ['is missing; give one for all rows, or one in each row'] }
  const filled = fillTemplate(template, row.cells)
  if (filled.kind === 'filled') return { text: filled.text, faults: [] }
  return { faults: filled.columns.map((column) => `{{${column}}} is empty in this row`) }
}

type FoundImage = { addresses: string[]; pictures: LocalPicture[]; faults: string[] }

async function imageOf(
  { address: cell }: ImageCell,
  model: Model,
  { pictureOf, read }: Pick<RowContext, 'pictureOf' | 'read'>,
): Promise<FoundImage> {
  const none = { addresses: [], pictures: [], faults: [] }
  const named = pictureOf(cell)
  if (named.kind === 'fault') return { ...none, faults: [named.detail] }
  if (named.kind === 'address') return { ...none, addresses: [named.address] }
  const found = await read(named.path)
  if (found.kind === 'fault') return { ...none, faults: [`${cell} ${found.detail}`] }
  const { local } = found
  const faults = faultsOfPicture(model, local.picture).map(({ message }) => `${cell}: ${message}`)
  if (faults.length > 0) return { ...none, faults }
  return { ...none, addresses: [`sha256:${local.sha256}`], pictures: [local] }
}
