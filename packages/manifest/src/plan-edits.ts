import { EditKey } from '@restyle/shared/contract/edit-request'
import { inOrder } from '@restyle/shared/in-order'
import { openKeyIndex } from '@restyle/shared/key-index'
import {
  checkRow,
  type CheckedRow,
  type PictureReader,
  type RowContext,
  type SharedOptions,
} from './check-row.ts'
import type { Comparison, RowCounts } from './compare-rows.ts'
import { fingerprintOf } from './fingerprint.ts'
import { findColumn, type Manifest, type ManifestFault, type Row } from './manifest.ts'
import { keptColumns, takenColumns } from './kept-columns.ts'
import { openNotes, type Notes } from './notes.ts'
import { ignoredColumns } from './option-columns.ts'
import { inFolder } from './picture-in-folder.ts'
import { pictureOf } from './picture-address.ts'
import type { Preparations } from './preparations.ts'
import { ignoredPictures } from './picture-columns.ts'
import { type Checked, openDigest, openTotals } from './plan-sums.ts'
import { openRefused } from './refused-rows.ts'
import type { Reject } from './rejected-row.ts'
import { rowKeys, type RowKeys } from './row-keys.ts'
import type { ScannedManifest } from './scan-manifest.ts'
import { columnsOf, parseTemplate, unfilledMarks, type Template } from './template.ts'

const CONCURRENCY = 4

/** Errors after which no more rows are checked. */
const enoughFaults = 1_000

/**
 * What a catalog comes to: its rows were checked, and are read again where they are needed. `pictures` are the distinct
 * local ones, `addresses` those elsewhere, `unseen` local ones that were not looked at; `images` are to be made, by model;
 * `bytes` are those of all edits as JSON, and `digest` is that of all. Rows that were left out are counted in `rows` alone.
 */
export type Plan = {
  edits: number
  bytes: number
  digest: string
  images: ReadonlyMap<string, number>
  pictures: { distinct: number; bytes: number }
  prepared: Preparations
  addresses: number
  unseen: number
  rows: RowCounts
  /** How many rows there are, those that were left out too. */
  total: number
  /** Of all rows, whether they are left out or not: the same for the same catalog, run in the same way. */
  catalogDigest: string
  /** Of the batches that had the keys of the edits before: with it, to do the same once more is something else. */
  baseDigest: string
  /** What its author should know of before it is sent, besides what the scan has told. */
  notes: Notes
  /** How messages name the edit at that index. */
  rowName: (index: number) => string | undefined
  /** Reads the catalog again. Throws `CatalogChanged`, at the end at the latest, where it is not what was checked. */
  planned: () => AsyncGenerator<Pick<CheckedRow, 'edit' | 'pictures'>>
}

/** How rows become edits. */
export type PlanOptions = {
  prompt?: string
  imageColumn: string
  ownColumns?: readonly string[]
  keyColumn?: string
  /** Reads the rows that were scanned, from the first, as often as it is called. */
  rows: () => AsyncIterable<Row>
  /** Where relative pictures begin, instead of the manifest's own folder. */
  folder?: string
  /** Reads the pictures that relative paths name, where that is not an address. */
  read: PictureReader
  /** Takes faulty rows, which are left out; without it one of them is enough to use none. */
  reject?: Reject
  /** Epoch ms. */
  now: number
  onProgress: (done: number) => void
  /** What was enqueued before: rows that are done, or under way, are left out. Without it all rows are new. */
  comparison?: Comparison
  /** The SHA-256 of what lies at an `s3://` address; undefined where it cannot be read. Without it, such an address stands for itself. */
  digestOf?: (address: string) => Promise<string | undefined>
}

/** A plan, or every reason why there is none, in the order of the rows. Where rows may be left out: why all of them were. */
export type Planned = { kind: 'plan'; plan: Plan } | { kind: 'unfit'; faults: readonly ManifestFault[] }

/** A catalog, or a picture of it, is not what was checked before. */
export class CatalogChanged extends Error {
  override readonly name = 'CatalogChanged'
}

/** Checks every row and every picture of a catalog that was scanned. Sends nothing. */
export async function planEdits(
  { manifest, faults: unread }: Pick<ScannedManifest, 'manifest' | 'faults'>,
  options: SharedOptions,
  { prompt, imageColumn, ownColumns = [], keyColumn, rows, read: readPicture, now, ...more }: PlanOptions,
): Promise<Planned> {
  if (manifest.rows === 0) return unfit(unread)
  const parsed = templateOf(manifest, prompt)
  if (parsed.kind === 'fault') return unfit([{ where: 'prompt', detail: parsed.detail }])
  const { template } = parsed
  const keyed = rowKeys(manifest, keyColumn, { faultOfKey, claim: openKeyIndex().claim })
  if (keyed.kind === 'unfit') return unfit([...unread, keyed.fault])
  const context: RowContext = {
    options,
    template,
    pictureOf: (cell: string) => inFolder(more.folder ?? manifest.folder, pictureOf(cell, now)),
    read: readPicture,
  }
  const notes = notesOf(manifest, { imageColumn, keyColumns: keyed.columns, prompt, template })
  const { column, keyOf, sameKeyOf } = keyed
  const taken = takenColumns(manifest, {
    imageColumn,
    ownColumns,
    keyColumns: keyed.columns,
    prompt: manifest.unit === 'row' && prompt === undefined,
  })
  const refused = openRefused(manifest.rows, manifest.unit, more.reject)
  const read = (keysBy: Keys['keyOf']) =>
    inOrder(refused.without(rows()), CONCURRENCY, (row) =>
      check(row, context, { column, keyOf: keysBy, taken, ...more }),
    )

  const totals = openTotals(manifest.rows, more.comparison)
  const faults = [...unread]
  let done = 0
  for await (const checked of read(keyOf)) {
    const where = `${manifest.unit} ${checked.number}`
    if (await refused.take(checked)) continue
    for (const note of checked.notes) notes.add({ where, ...note })
    for (const fault of checked.faults) faults.push({ where, ...fault })
    if (faults.length >= enoughFaults) break
    done = totals.add(checked)
    more.onProgress(done)
  }
  if (done === 0) faults.push(...refused.faults())
  if (faults.length > 0) return unfit(faults)
  const { rowNumber, ...sum } = totals.close()
  const plan: Plan = {
    ...sum,
    notes,
    rowName: (index) => nameOf(manifest.unit, rowNumber(index)),
    planned: () => unchanged(sum.digest, () => read(sameKeyOf), totals.isMeant),
  }
  return { kind: 'plan', plan }
}

/** What of the columns and of the prompt is not read. */
function notesOf(
  manifest: Manifest,
  by: {
    imageColumn: string
    keyColumns: readonly string[]
    prompt: string | undefined
    template: Template | undefined
  },
): Notes {
  const { imageColumn, prompt, template } = by
  const used = new Set([imageColumn, ...by.keyColumns, ...columnsOf(template ?? [])])
  const notes = openNotes()
  for (const note of [
    ...ignoredColumns(manifest, used),
    ...ignoredPictures(manifest, imageColumn, used),
    ...notesOfPrompt(manifest, prompt, template),
  ])
    notes.add(note)
  return notes
}

/** Rows that cannot be read were met before all others; their author reads from the top. */
const unfit = (faults: readonly ManifestFault[]): Planned => ({
  kind: 'unfit',
  faults: faults.toSorted((a, b) => numberIn(a) - numberIn(b)),
})

const numberIn = ({ where }: ManifestFault): number =>
  Number(/^(?:row|line|file) (\d+)$/.exec(where)?.[1] ?? 0)

type Keys = Pick<Extract<RowKeys, { kind: 'keys' }>, 'column' | 'keyOf'> &
  Pick<PlanOptions, 'digestOf'> & { taken: ReadonlySet<string> }

async function check(
  row: Row,
  context: RowContext,
  { column, keyOf, taken, digestOf }: Keys,
): Promise<Checked> {
  const key = keyOf(row)
  const { edit, ...rest } = await checkRow(row, context)
  const { number } = row
  const { columns, left } = keptColumns(row, taken)
  const fingerprint = await printedAs({ ...rest, edit }, digestOf)
  const checked = {
    ...rest,
    edit: { ...edit, ...(columns && { columns }), ...(fingerprint && { fingerprint }) },
    notes: [...rest.notes, ...left],
  }
  if (key.kind === 'key') return { ...checked, edit: { ...checked.edit, key: key.key }, row, number }
  return { ...checked, faults: [{ field: column, detail: key.detail }, ...checked.faults], row, number }
}

/** The fingerprint of an edit; undefined where one of its pictures was not looked at, or it cannot be sent. */
async function printedAs(
  { edit, pictures, unseen, faults }: CheckedRow,
  digestOf: PlanOptions['digestOf'],
): Promise<string | undefined> {
  if (unseen > 0 || faults.length > 0) return undefined
  const digests = new Map<string, string>()
  for (const address of digestOf === undefined ? [] : edit.images) {
    const sha256 = address.startsWith('s3://') ? await digestOf?.(address) : undefined
    if (sha256 !== undefined) digests.set(address, `sha256:${sha256}`)
  }
  return fingerprintOf(edit, pictures, digests)
}

/** The rows as they are read again, but those that are left out. Throws where they are not those whose digest is known. */
async function* unchanged(
  known: string,
  read: () => AsyncIterable<Checked>,
  isMeant: (checked: Checked) => boolean,
): AsyncGenerator<Checked> {
  const digest = openDigest()
  for await (const checked of read()) {
    if (checked.faults.length > 0) throw changed()
    if (!isMeant(checked)) continue
    digest.add(checked.edit)
    yield checked
  }
  if (digest.close() !== known) throw changed()
}

const changed = (): CatalogChanged =>
  new CatalogChanged('the catalog or one of its pictures has changed since it was checked')

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

const faultOfKey = (key: string): string | undefined => EditKey.safeParse(key).error?.issues[0]?.message

/** Without a prompt for all rows, a table's column `prompt` is the prompt; JSONL rows bring theirs. */
function templateOf(
  { columns, unit }: Manifest,
  prompt: string | undefined,
): { kind: 'parsed'; template: Template | undefined } | { kind: 'fault'; detail: string } {
  if (prompt === undefined && (unit !== 'row' || findColumn(columns, 'prompt') === undefined))
    return { kind: 'parsed', template: undefined }
  return parseTemplate(prompt ?? '{{prompt}}', columns)
}
