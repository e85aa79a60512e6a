import {
  checkRow,
  type LocalPicture,
  type PlannedEdit,
  type SharedOptions,
} from '@restyle/manifest/check-row'
import { findColumn, type Manifest, type ManifestFault } from '@restyle/manifest/manifest'
import { ignoredColumns } from '@restyle/manifest/option-columns'
import { ignoredPictures } from '@restyle/manifest/picture-columns'
import type { ReadManifest } from '@restyle/manifest/read-manifest'
import { rowKeys } from '@restyle/manifest/row-keys'
import { columnsOf, parseTemplate, unfilledMarks, type Template } from '@restyle/manifest/template'
import { EditKey } from '@restyle/shared/contract/edit-request'
import { inParallel } from './in-parallel.ts'
import { pictureOf } from './picture/picture-address.ts'
import { pictureReader } from './picture/read-picture.ts'
import { faultLines } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/**
 * What a catalog comes to. `pictures` are the distinct local ones, by SHA-256; `notes` are what its author should know
 * of before it is sent, besides those of its reader.
 */
export type Plan = {
  edits: PlannedEdit[]
  pictures: ReadonlyMap<string, LocalPicture>
  notes: ManifestFault[]
}

/** How rows become edits. `folder`: where relative paths begin, instead of the manifest's own folder; `now`: epoch ms. */
export type PlanOptions = {
  prompt?: string
  imageColumn: string
  keyColumn?: string
  folder?: string
  now: number
  onProgress: (done: number) => void
}

/** Checks every row and every picture. Stops with all faults together, in the order of the rows. Sends nothing. */
export async function planEdits(
  { manifest, faults: unread }: Pick<ReadManifest, 'manifest' | 'faults'>,
  options: SharedOptions,
  { prompt, imageColumn, keyColumn, folder = manifest.folder, now, onProgress }: PlanOptions,
): Promise<Plan> {
  const { rows, unit } = manifest
  if (rows.length === 0) throw unfit(unread)
  const template = templateOf(manifest, prompt)
  const context = {
    options,
    template,
    pictureOf: (cell: string) => pictureOf(cell, now),
    read: pictureReader(folder, folder),
  }
  const keyed = rowKeys(manifest, keyColumn, faultOfKey)
  if (keyed.kind === 'unfit') throw unfit([...unread, keyed.fault])
  let done = 0
  const checked = await inParallel(rows, CONCURRENCY, async (row, index) => {
    const key = keyed.keys[index]
    const { edit, pictures, faults, notes: told } = await checkRow(row, context)
    onProgress((done += 1))
    return {
      edit: key?.kind === 'key' ? { ...edit, key: key.key } : edit,
      pictures,
      faults: key?.kind === 'fault' ? [{ field: keyed.column, detail: key.detail }, ...faults] : faults,
      told,
    }
  })

  const nameOf = (index: number) => `${unit} ${rows[index]?.number}`
  const faults = checked.flatMap((row, index) =>
    row.faults.map((fault) => ({ where: nameOf(index), ...fault })),
  )
  if (unread.length + faults.length > 0) throw unfit([...unread, ...faults])
  const used = new Set([imageColumn, keyed.column, ...columnsOf(template ?? [])])
  return {
    edits: checked.map(({ edit }) => edit),
    pictures: new Map(
      checked.flatMap(({ pictures }) => pictures.map((each) => [each.sha256, each] as const)),
    ),
    notes: [
      ...ignoredColumns(manifest, used),
      ...ignoredPictures(manifest, imageColumn, used),
      ...notesOfPrompt(manifest, prompt, template),
      ...checked.flatMap(({ told }, index) => told.map((note) => ({ where: nameOf(index), ...note }))),
    ],
  }
}

/** What of a prompt for all rows is sent as it is, or is not sent. */
function notesOfPrompt(
  { unit, columns }: Manifest,
  prompt: string | undefined,
  template: Template | undefined,
): ManifestFault[] {
  const marks = unfilledMarks(prompt === undefined ? '' : (template ?? '')).map((mark) => ({
    where: '--prompt',
    detail: `${mark} is sent as it is: a column is written {{name}}`,
  }))
  const own = findColumn(columns, 'prompt')
  const unused =
    unit === 'row' && prompt !== undefined && own !== undefined && !columnsOf(template ?? []).includes(own)
  return unused
    ? [...marks, { where: `column ${own}`, detail: 'is not read: --prompt is for all rows' }]
    : marks
}

const flagNames: Readonly<Record<string, string>> = {
  imageColumn: '--image-column',
  keyColumn: '--key-column',
  prompt: '--prompt',
}

/** The end of a command whose catalog cannot be used. */
export const unfit = (faults: readonly ManifestFault[]): Stop =>
  new Stop(
    'input',
    faultLines(faults.map((fault) => ({ ...fault, where: flagNames[fault.where] ?? fault.where }))),
  )

const faultOfKey = (key: string): string | undefined => EditKey.safeParse(key).error?.issues[0]?.message

/** Without `--prompt`, a table's column `prompt` is the prompt; JSONL rows bring theirs. */
function templateOf({ columns, unit }: Manifest, prompt: string | undefined): Template | undefined {
  if (prompt === undefined && (unit !== 'row' || findColumn(columns, 'prompt') === undefined))
    return undefined
  const parsed = parseTemplate(prompt ?? '{{prompt}}', columns)
  if (parsed.kind === 'fault') throw unfit([{ where: 'prompt', detail: parsed.detail }])
  return parsed.template
}
