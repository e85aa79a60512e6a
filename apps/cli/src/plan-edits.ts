import { checkRow, type PlannedEdit } from './check-row.ts'
import { inParallel } from './in-parallel.ts'
import type { Manifest } from './manifest/manifest.ts'
import { rowKeys } from './manifest/row-keys.ts'
import { parseTemplate, type Template } from './manifest/template.ts'
import { pictureReader, type LocalPicture } from './picture/read-picture.ts'
import { faultLines } from './show/fault-lines.ts'
import { Stop } from './stop.ts'
import type { Wishes } from './wishes.ts'

const AT_ONCE = 4

/** What a catalog comes to. `pictures` are the distinct local ones, by SHA-256. */
export type Plan = { edits: PlannedEdit[]; pictures: ReadonlyMap<string, LocalPicture> }

/** How rows become edits. `folder`: where relative paths begin, instead of the manifest's own folder. */
export type PlanOptions = {
  prompt?: string
  keyColumn?: string
  folder?: string
  onProgress: (done: number) => void
}

/** Checks every row and every picture; all that is wrong stops it together, in the order of the rows. Sends nothing. */
export async function planEdits(manifest: Manifest, wishes: Wishes, options: PlanOptions): Promise<Plan> {
  const { rows, unit } = manifest
  const folder = options.folder ?? manifest.folder
  const context = {
    wishes,
    template: templateOf(manifest, options.prompt),
    read: pictureReader(folder, folder),
  }
  const { column, keys } = rowKeys(manifest, options.keyColumn)
  let done = 0
  const checked = await inParallel(rows, AT_ONCE, async (row, index) => {
    const key = keys[index] ?? { fault: 'is missing' }
    const { edit, pictures, faults } = await checkRow(row, context)
    options.onProgress((done += 1))
    return {
      edit: 'key' in key ? { ...edit, ...key } : edit,
      pictures,
      faults: 'fault' in key ? [{ field: column, detail: key.fault }, ...faults] : faults,
    }
  })

  const faults = checked.flatMap((row, index) =>
    row.faults.map((fault) => ({ where: `${unit} ${rows[index]?.number}`, ...fault })),
  )
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
  return {
    edits: checked.map(({ edit }) => edit),
    pictures: new Map(
      checked.flatMap(({ pictures }) => pictures.map((each) => [each.sha256, each] as const)),
    ),
  }
}

/** Without `--prompt`, a table's column `prompt` is the prompt; JSONL rows bring theirs. */
function templateOf({ columns, unit }: Manifest, prompt: string | undefined): Template | undefined {
  if (prompt === undefined && (unit !== 'row' || !columns.includes('prompt'))) return undefined
  const parsed = parseTemplate(prompt ?? '{{prompt}}', columns)
  if ('fault' in parsed) throw new Stop('input', [`--prompt: ${parsed.fault}`])
  return parsed.template
}
