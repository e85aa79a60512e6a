import { createHash } from 'node:crypto'
import {
  checkRow,
  type CheckedRow,
  type LocalPicture,
  type PlannedEdit,
  type RowContext,
  type SharedOptions,
} from '@restyle/manifest/check-row'
import { findColumn, type Manifest, type ManifestFault, type Row } from '@restyle/manifest/manifest'
import { openNotes, type Notes } from '@restyle/manifest/notes'
import { ignoredColumns } from '@restyle/manifest/option-columns'
import { ignoredPictures } from '@restyle/manifest/picture-columns'
import { rowKeys, type RowKeys } from '@restyle/manifest/row-keys'
import { rowsOf, type ScannedManifest } from '@restyle/manifest/scan-manifest'
import { columnsOf, parseTemplate, unfilledMarks, type Template } from '@restyle/manifest/template'
import { EditKey } from '@restyle/shared/contract/edit-request'
import { openKeyIndex } from '@restyle/shared/key-index'
import { inOrder } from './in-order.ts'
import { pictureOf } from './picture/picture-address.ts'
import { openPreparations, type Preparations } from './picture/preparations.ts'
import { pictureReader, type Preparing } from './picture/read-picture.ts'
import { faultLines, mostFaults } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/** Errors after which no more rows are checked. */
const enoughFaults = 1_000

/**
 * What a catalog comes to: its rows were checked, and are read again where they are needed. `pictures` are the distinct
 * local ones, `addresses` those elsewhere; `images` are to be made, by model; `bytes` are those of all edits as JSON, and
 * `digest` is that of all.
 */
export type Plan = {
  edits: number
  bytes: number
  digest: string
  images: ReadonlyMap<string, number>
  pictures: { distinct: number; bytes: number; prepared: Preparations }
  addresses: number
  /** What its author should know of before it is sent, besides what the scan has told. */
  notes: Notes
  /** How messages name the edit at that index. */
  rowName: (index: number) => string | undefined
  /** Reads the catalog again. Stops, at the end at the latest, where it is not what was checked. */
  planned: () => AsyncGenerator<Pick<CheckedRow, 'edit' | 'pictures'>>
}

/** How rows become edits. `folder`: where relative paths begin, instead of the manifest's own folder; `now`: epoch ms. */
export type PlanOptions = {
  prompt?: string
  imageColumn: string
  keyColumn?: string
  folder?: string
  preparing: Preparing
  now: number
  onProgress: (done: number) => void
}

/** Checks every row and every picture of the catalog at `path`. Stops with all faults together, in the order of the rows. Sends nothing. */
export async function planEdits(
  path: string,
  { manifest, faults: unread }: Pick<ScannedManifest, 'manifest' | 'faults'>,
  options: SharedOptions,
  planOptions: PlanOptions,
): Promise<Plan> {
  const { prompt, imageColumn, keyColumn, folder = manifest.folder, now } = planOptions
  if (manifest.rows === 0) throw unfit(unread)
  const template = templateOf(manifest, prompt)
  const keyed = rowKeys(manifest, keyColumn, { faultOfKey, claim: openKeyIndex().claim })
  if (keyed.kind === 'unfit') throw unfit([...unread, keyed.fault])
  const context: RowContext = {
    options,
    template,
    pictureOf: (cell: string) => pictureOf(cell, now),
    read: pictureReader(folder, planOptions.preparing, folder),
  }
  const used = new Set([imageColumn, keyed.column, ...columnsOf(template ?? [])])
  const notes = openNotes()
  for (const note of [
    ...ignoredColumns(manifest, used),
    ...ignoredPictures(manifest, imageColumn, used),
    ...notesOfPrompt(manifest, prompt, template),
  ])
    notes.add(note)
  const { column, keyOf, sameKeyOf } = keyed
  const read = (keysBy: Keys['keyOf']) =>
    inOrder(rowsOf(path, imageColumn), CONCURRENCY, (row) => check(row, context, { column, keyOf: keysBy }))

  const sums = openSums(manifest.rows)
  const faults = [...unread]
  for await (const checked of read(keyOf)) {
    const where = `${manifest.unit} ${checked.number}`
    for (const note of checked.notes) notes.add({ where, ...note })
    for (const fault of checked.faults) faults.push({ where, ...fault })
    if (faults.length >= enoughFaults) break
    sums.add(checked)
    planOptions.onProgress(sums.count())
  }
  if (faults.length > 0) throw unfit(faults)
  const { rowNumber, ...plan } = sums.close()
  return {
    ...plan,
    notes,
    rowName: (index) => nameOf(manifest.unit, rowNumber(index)),
    planned: () => unchanged(plan.digest, () => read(sameKeyOf)),
  }
}

type Keys = Pick<Extract<RowKeys, { kind: 'keys' }>, 'column' | 'keyOf'>

type Checked = CheckedRow & { number: number }

async function check(row: Row, context: RowContext, { column, keyOf }: Keys): Promise<Checked> {
  const key = keyOf(row)
  const checked = await checkRow(row, context)
  const { number } = row
  if (key.kind === 'key') return { ...checked, edit: { ...checked.edit, key: key.key }, number }
  return { ...checked, faults: [{ field: column, detail: key.detail }, ...checked.faults], number }
}

/** Adds up what the rows come to; of each row it keeps its number. */
function openSums(rows: number) {
  const numbers = new Uint32Array(rows)
  const known = openKeyIndex()
  const digest = openDigest()
  const images = new Map<string, number>()
  const pictures = { distinct: 0, bytes: 0, prepared: openPreparations() }
  let [edits, bytes, addresses] = [0, 0, 0]
  const addPicture = (local: LocalPicture): void => {
    if (known.claim(local.sha256, 0) !== undefined) return
    pictures.distinct += 1
    pictures.bytes += local.picture.bytes
    pictures.prepared.add(local)
  }
  return {
    count: () => edits,
    add: ({ edit, pictures: local, number }: Checked): void => {
      numbers[edits] = number
      edits += 1
      bytes += digest.add(edit)
      images.set(edit.model, (images.get(edit.model) ?? 0) + edit.n)
      for (const picture of local) addPicture(picture)
      addresses += edit.images.length - local.length
    },
    close: () => ({
      edits,
      bytes,
      digest: digest.close(),
      images,
      pictures,
      addresses,
      rowNumber: (index: number) => (index < edits ? numbers[index] : undefined),
    }),
  }
}

/** A digest of edits, one after the other. */
function openDigest() {
  const hash = createHash('sha256')
  return {
    /** Gives the bytes of the edit as a line of JSON. */
    add: (edit: PlannedEdit): number => {
      const line = `${JSON.stringify(edit)}\n`
      hash.update(line)
      return Buffer.byteLength(line)
    },
    close: (): string => hash.digest('hex'),
  }
}

/** The rows as they are read again. Stops where they are not those whose digest is known. */
async function* unchanged(known: string, read: () => AsyncIterable<Checked>): AsyncGenerator<Checked> {
  const digest = openDigest()
  for await (const checked of read()) {
    if (checked.faults.length > 0) throw changed()
    digest.add(checked.edit)
    yield checked
  }
  if (digest.close() !== known) throw changed()
}

const changed = (): Stop =>
  new Stop('input', ['the catalog or one of its pictures has changed since it was checked'])

const nameOf = (unit: Manifest['unit'], number: number | undefined): string | undefined =>
  number === undefined ? undefined : `${unit} ${number}`

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
const unfit = (faults: readonly ManifestFault[]): Stop =>
  new Stop(
    'input',
    faultLines(
      faults
        .slice(0, mostFaults)
        .map((fault) => ({ ...fault, where: flagNames[fault.where] ?? fault.where })),
      faults.length,
    ),
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
