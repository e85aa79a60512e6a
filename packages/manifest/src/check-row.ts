import { faultsOfPicture, faultsOfSpec, type Picture } from '@restyle/dashscope/accepts'
import type { Model, PictureLimits } from '@restyle/dashscope/model'
import { findModel, models } from '@restyle/dashscope/models'
import type { Fit } from '@restyle/shared/picture/fitted-size'
import type { PictureChange } from '@restyle/shared/picture/picture-change'
import { shown, type EditOptions, type ImageCell, type Row } from './manifest.ts'
import { splitCell } from './split-cell.ts'
import { columnsOf, fillTemplate, unfilledMarks, type Template } from './template.ts'

/** What all rows have in common. */
export type SharedOptions = EditOptions & { model: string; n: number }

/** One row, ready to be sent as a row of a batch; `columns` are the author's own. */
export type PlannedEdit = SharedOptions & {
  prompt: string
  images: string[]
  key?: string
  columns?: Record<string, string>
  /** Stands for all that decides on its images. */
  fingerprint?: string
}

/**
 * A picture on this machine as it is to be sent: its header, and the digest of its bytes in hex. `prepared`: they are not
 * those of the file, whose digest is `of`, but what was made of it for a model with the limits `fit`.
 */
export type LocalPicture = {
  path: string
  picture: Picture
  sha256: string
  prepared?: { of: string; changes: readonly PictureChange[]; fit: Fit; background: string }
}

/**
 * Reads the picture that a relative path names, as a model with these limits is to get it; `detail` continues after the
 * path: `does not exist`. `unseen`: it is there, and was not looked at.
 */
export type PictureReader = (
  path: string,
  limits: PictureLimits,
) => Promise<
  { kind: 'picture'; local: LocalPicture } | { kind: 'unseen' } | { kind: 'fault'; detail: string }
>

/** What a cell names: an address to send, with a `note` about it, or a file on this machine. */
export type NamedPicture =
  | { kind: 'address'; address: string; note?: string }
  /** `missing` is said where there is no such file. */
  | { kind: 'path'; path: string; missing?: string }
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

/**
 * The result of a check. With faults the edit is unfinished, and with `unseen` pictures, which were not looked at, it
 * cannot be sent; `notes` are what its author should know of.
 */
export type CheckedRow = {
  edit: PlannedEdit
  pictures: LocalPicture[]
  unseen: number
  faults: RowFault[]
  notes: RowFault[]
}

/** Checks one row and its pictures against the limits of its model, and names every fault. */
export async function checkRow(row: Row, { options, template, ...context }: RowContext): Promise<CheckedRow> {
  const own = { ...options, ...row.own }
  const model = findModel(own.model)
  if (model === undefined) {
    const faults = [{ field: 'model', detail: unknownModel(own.model) }]
    return { edit: { ...own, prompt: '', images: [] }, pictures: [], unseen: 0, faults, notes: [] }
  }
  const prompt = promptOf(row, template)
  const cells = row.images.flatMap(({ field, address }) =>
    splitCell(address).map((each) => ({ field, address: each })),
  )
  const spec = { ...own, prompt: prompt.text ?? 'unknown', images: cells.length }
  const faults: RowFault[] = [
    ...prompt.faults.map((detail) => ({ field: 'prompt', detail })),
    ...faultsOfSpec(model, spec).map(({ field, message }) => ({ field, detail: message })),
  ]
  const notes = [...notesOfPrompt(row, template, prompt.text), ...notesOfCells(row, cells)]
  const images: string[] = []
  const pictures: LocalPicture[] = []
  let unseen = 0
  // more than the model takes is a fault already, and a cell may name a hundred thousand
  for (const cell of cells.slice(0, model.accepts.images[1])) {
    const found = await imageOf(cell, model, context)
    faults.push(...found.faults.map((detail) => ({ field: cell.field, detail })))
    notes.push(...found.notes.map((detail) => ({ field: cell.field, detail })))
    images.push(...found.addresses)
    pictures.push(...found.pictures)
    if (found.isUnseen === true) unseen += 1
  }
  return { edit: { ...own, prompt: spec.prompt, images }, pictures, unseen, faults, notes }
}

/** A prompt of the row's own is sent as it is, and so is what its cells write into a template. */
function notesOfPrompt({ own }: Row, template: Template | undefined, text: string | undefined): RowFault[] {
  const ofTemplate = own.prompt === undefined ? unfilledMarks(template ?? '') : []
  return unfilledMarks(text ?? '')
    .filter((mark) => !ofTemplate.includes(mark))
    .map((mark) => ({
      field: 'prompt',
      detail: `${mark} is sent as it is: only --prompt is filled from the row`,
    }))
}

const notesOfCells = ({ images }: Row, cells: readonly ImageCell[]): RowFault[] =>
  images.flatMap(({ field }) => {
    const named = cells.filter((cell) => cell.field === field).length
    return named > 1 ? [{ field, detail: `names ${named} pictures; all are sources of the one edit` }] : []
  })

/** For messages. */
export const unknownModel = (id: string): string =>
  `there is no model ${id}; there are ${Object.keys(models).join(', ')}`

function promptOf(row: Row, template: Template | undefined): { text?: string; faults: string[] } {
  if (row.own.prompt !== undefined) return { text: row.own.prompt, faults: [] }
  if (template === undefined) return { faults: ['is missing; give one for all rows, or one in each row'] }
  const unreadable = columnsOf(template).flatMap((column) => {
    const detail = row.unreadable?.get(column)
    return detail === undefined ? [] : [`{{${column}}} ${detail}`]
  })
  if (unreadable.length > 0) return { faults: unreadable }
  const filled = fillTemplate(template, row.cells)
  if (filled.kind === 'filled') return { text: filled.text, faults: [] }
  return { faults: filled.columns.map((column) => `{{${column}}} is empty in this row`) }
}

type FoundImage = {
  addresses: string[]
  pictures: LocalPicture[]
  isUnseen?: true
  faults: string[]
  notes: string[]
}

async function imageOf(
  { address: cell }: ImageCell,
  model: Model,
  { pictureOf, read }: Pick<RowContext, 'pictureOf' | 'read'>,
): Promise<FoundImage> {
  const none: FoundImage = { addresses: [], pictures: [], faults: [], notes: [] }
  const named = pictureOf(cell)
  if (named.kind === 'fault') return { ...none, faults: [named.detail] }
  if (named.kind === 'address')
    return { ...none, addresses: [named.address], notes: named.note === undefined ? [] : [named.note] }
  const found = await read(named.path, model.accepts.picture)
  if (found.kind === 'fault') {
    const hint = named.missing === undefined ? '' : `; ${named.missing}`
    return { ...none, faults: [`${shown(cell)} ${found.detail}${hint}`] }
  }
  if (found.kind === 'unseen') return { ...none, isUnseen: true }
  const { local } = found
  const faults = faultsOfPicture(model, local.picture).map(({ message }) => `${shown(cell)}: ${message}`)
  if (faults.length > 0) return { ...none, faults }
  return { ...none, addresses: [`sha256:${local.sha256}`], pictures: [local] }
}
