import { faultsOfPicture, faultsOfSpec } from '@restyle/dashscope/accepts'
import type { Model } from '@restyle/dashscope/model'
import { findModel } from '@restyle/dashscope/models'
import type { ImageCell, Row } from './manifest/manifest.ts'
import { fillTemplate, type Template } from './manifest/template.ts'
import { pictureAddress } from './picture/picture-address.ts'
import type { LocalPicture, PictureReader } from './picture/read-picture.ts'
import { unknownModel, type Wishes } from './wishes.ts'

/** One row or picture, ready to be sent. */
export type PlannedEdit = Wishes & { prompt: string; images: string[]; key?: string }

/** What became of a row. With faults the edit is unfinished. */
export type CheckedRow = {
  edit: PlannedEdit
  pictures: LocalPicture[]
  faults: { field: string; detail: string }[]
}

/** What rows have in common. Without a template each row needs a prompt of its own. */
export type RowContext = { wishes: Wishes; template: Template | undefined; read: PictureReader }

/** Checks one row and its pictures against the model's limits; every fault is named. */
export async function checkRow(row: Row, { wishes, template, read }: RowContext): Promise<CheckedRow> {
  const own = { ...wishes, ...row.own }
  const model = findModel(own.model)
  if (model === undefined) {
    const faults = [{ field: 'model', detail: unknownModel(own.model) }]
    return { edit: { ...own, prompt: '', images: [] }, pictures: [], faults }
  }
  const prompt = promptOf(row, template)
  const spec = { ...own, prompt: prompt.text ?? 'unknown', images: row.images.length }
  const faults = [
    ...prompt.faults.map((detail) => ({ field: 'prompt', detail })),
    ...faultsOfSpec(model, spec).map(({ field, message }) => ({ field, detail: message })),
  ]
  const images: string[] = []
  const pictures: LocalPicture[] = []
  for (const cell of row.images) {
    const found = await imageOf(cell, model, read)
    if ('faults' in found) faults.push(...found.faults.map((detail) => ({ field: cell.field, detail })))
    else images.push(found.address)
    if ('local' in found) pictures.push(found.local)
  }
  return { edit: { ...own, prompt: spec.prompt, images }, pictures, faults }
}

function promptOf(row: Row, template: Template | undefined): { text?: string; faults: string[] } {
  if (row.own.prompt !== undefined) return { text: row.own.prompt, faults: [] }
  if (template === undefined) return { faults: ['is missing; give --prompt, or a prompt in each row'] }
  const filled = fillTemplate(template, row.cells)
  if ('text' in filled) return { text: filled.text, faults: [] }
  return { faults: filled.empty.map((column) => `{{${column}}} is empty in this row`) }
}

async function imageOf(
  { address: cell }: ImageCell,
  model: Model,
  read: PictureReader,
): Promise<{ faults: string[] } | { address: string } | { address: string; local: LocalPicture }> {
  const named = pictureAddress(cell)
  if ('fault' in named) return { faults: [named.fault] }
  if ('address' in named) return named
  const local = await read(named.path)
  if ('fault' in local) return { faults: [`${cell} ${local.fault}`] }
  const faults = faultsOfPicture(model, local.picture).map(({ message }) => `${cell}: ${message}`)
  return faults.length > 0 ? { faults } : { address: `sha256:${local.sha256}`, local }
}
