import { stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import type { ManifestFault, RowItem, Unit } from './manifest.ts'
import { readFolder } from './read-folder.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readTable } from './read-table.ts'
import { withFaults } from './unfit.ts'

/** A catalog whose rows are read as they are asked for; `folder` is where relative paths begin. */
export type OpenManifest =
  | { kind: 'open'; unit: Unit; folder: string; items: AsyncGenerator<RowItem> }
  | { kind: 'unfit'; fault: ManifestFault }

/** Opens a `.csv`, `.tsv` or `.jsonl` file or a folder of pictures; `path` is absolute. Reads no row yet. */
export async function openManifest(path: string, imageColumn: string): Promise<OpenManifest> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? String(error))
  if (typeof found === 'string') {
    const detail = found === 'ENOENT' ? 'does not exist' : `cannot be read (${found})`
    return { kind: 'unfit', fault: { where: path, detail } }
  }
  if (found.isDirectory()) return open('file', path, readFolder(path))
  const folder = dirname(path)
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return open('row', folder, readTable(path, imageColumn))
    case '.tsv':
      return open('row', folder, readTable(path, imageColumn, '\t'))
    case '.jsonl':
    case '.ndjson':
      return open('line', folder, readJsonLines(path, imageColumn))
    default: {
      const detail = 'is not a catalog; give a .csv, .tsv or .jsonl file, or a folder of pictures'
      return { kind: 'unfit', fault: { where: basename(path), detail } }
    }
  }
}

const open = (unit: Unit, folder: string, items: AsyncGenerator<RowItem>): OpenManifest => ({
  kind: 'open',
  unit,
  folder,
  items: withFaults(items),
})
