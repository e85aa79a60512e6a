import {
  checkRow,
  type LocalPicture,
  type PlannedEdit,
  type SharedOptions,
} from '@restyle/manifest/check-row'
import type { Manifest, ManifestFault } from '@restyle/manifest/manifest'
import { rowKeys } from '@restyle/manifest/row-keys'
import { parseTemplate, type Template } from '@restyle/manifest/template'
import { EditKey } from '@restyle/shared/contract/edit-request'
import { inParallel } from './in-parallel.ts'
import { pictureOf } from './picture/picture-address.ts'
import { pictureReader } from './picture/read-picture.ts'
import { faultLines } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

const CONCURRENCY = 4

/** What a catalog comes to. `pictures` are the distinct local ones, by SHA-256. */
export type Plan = { edits: PlannedEdit[]; pictures: ReadonlyMap<string, LocalPicture> }

/** How rows become edits. `folder`: where relative paths begin, instead of the manifest's own folder. */
export type PlanOptions = {
  prompt?: string
  keyColumn?: string
  folder?: string
  onProgress: (done: number) => void
}

/** Checks every row and every picture. Stops with all faults together, in the order of the rows. Sends nothing. */
export async function planEdits(
  manifest: Manifest,
  options: SharedOptions,
  { prompt, keyColumn, folder = manifest.folder, onProgress }: PlanOptions,
): Promise<Plan> {
  const { rows, unit } = manifest
  const context = {
    options,
    template: templateOf(manifest, prompt),
    pictureOf,
    read: pictureReader(folder, folder),
  }
  const keyed = rowKeys(manifest, keyColumn, faultOfKey)
  if (keyed.kind === 'unfit') throw unfit([keyed.fault])
  let done = 0
  const checked = await inParallel(rows, CONCURRENCY, async (row, index) => {
    const key = keyed.keys[index]
    const { edit, pictures, faults } = await checkRow(row, context)
    onProgress((done += 1))
    return {
      edit: key?.kind === 'key' ? { ...edit, key: key.key } : edit,
      pictures,
      faults: key?.kind === 'fault' ? [{ field: keyed.column, detail: key.detail }, ...faults] : faults,
    }
  })

  const faults = checked.flatMap((row, index) =>
    row.faults.map((fault) => ({ where: `${unit} ${rows[index]?.number}`, ...fault })),
  )
  if (faults.length > 0) throw unfit(faults)
  return {
    edits: checked.map(({ edit }) => edit),
    pictures: new Map(
      checked.flatMap(({ pictures }) => pictures.map((each) => [each.sha256, each] as const)),
    ),
  }
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
  if (prompt === undefined && (unit !== 'row' || !columns.includes('prompt'))) return undefined
  const parsed = parseTemplate(prompt ?? '{{prompt}}', columns)
  if (parsed.kind === 'fault') throw unfit([{ where: 'prompt', detail: parsed.detail }])
  return parsed.template
}
