import { stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import type { Catalog } from './catalog.ts'
import type { ManifestFault, RowItem, Unit } from './manifest.ts'
import { readFolder } from './read-folder.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readListing } from './read-listing.ts'
import { readTable } from './read-table.ts'
import { readWorkbook } from './read-workbook.ts'
import { withFaults } from './unfit.ts'

/** A catalog whose rows are read as they are asked for; `folder` is where relative paths begin. */
export type OpenManifest =
  | { kind: 'open'; unit: Unit; folder: string; items: AsyncGenerator<RowItem> }
  | { kind: 'unfit'; fault: ManifestFault }

/** Opens a `.csv`, `.tsv`, `.txt`, `.xlsx` or `.jsonl` file, or a folder of pictures. Reads no row yet. */
export async function openManifest(catalog: Catalog): Promise<OpenManifest> {
  const { path } = catalog
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? String(error))
  if (typeof found === 'string') {
    const detail = found === 'ENOENT' ? 'does not exist' : `cannot be read (${found})`
    return { kind: 'unfit', fault: { where: path, detail } }
  }
  if (catalog.listing === true) {
    const fault = unusedSetting(catalog, '')
    if (fault !== undefined) return { kind: 'unfit', fault }
    return open('file', catalog.folder ?? '', readListing(catalog))
  }
  const unused = unusedSetting(catalog, found.isDirectory() ? '' : extname(path).toLowerCase())
  if (unused !== undefined) return { kind: 'unfit', fault: unused }
  if (found.isDirectory()) return open('file', path, readFolder(path))
  const { folder = dirname(path) } = catalog
  const openRows = (unit: Unit, items: AsyncGenerator<RowItem>) =>
    open(unit, folder, catalog.skipEmpty === true ? withoutEmpty(items, unit) : items)
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return openRows('row', readTable(catalog))
    case '.tsv':
      return openRows('row', readTable(catalog, { delimiter: '\t' }))
    case '.txt':
      return openRows('row', readTable(catalog, { mayBeList: true }))
    case '.xlsx':
      return openRows('row', readWorkbook(catalog))
    case '.jsonl':
    case '.ndjson':
      return openRows('line', readJsonLines(catalog))
    default: {
      const detail =
        'is not a catalog; give a .csv, .tsv, .txt, .xlsx or .jsonl file, or a folder of pictures'
      return { kind: 'unfit', fault: { where: basename(path), detail } }
    }
  }
}

const tables = ['.csv', '.tsv', '.txt', '.xlsx']

/** Of files that are catalogs. */
export const endings: readonly string[] = [...tables, '.jsonl', '.ndjson']

/** What cannot be done is said: nobody would look for a setting that was passed over. `ending` of a folder is ''. */
function unusedSetting(
  { headerRow, inheritBy, sheet, skipEmpty, ownColumns }: Catalog,
  ending: string,
): ManifestFault | undefined {
  const fault = (where: string, detail: string): ManifestFault => ({ where, detail })
  if (sheet !== undefined && ending !== '.xlsx') return fault('sheet', 'only an .xlsx file has sheets')
  if (headerRow !== undefined && !tables.includes(ending))
    return fault('headerRow', 'only a table has a header')
  if (inheritBy !== undefined && !tables.includes(ending))
    return fault('inheritBy', 'only rows of a table inherit cells')
  if (skipEmpty === true && ending === '') return fault('skipEmpty', 'every row of a folder is a picture')
  if (ownColumns !== undefined && ending === '')
    return fault('ownColumns', 'a folder has no columns of your own')
  return undefined
}

const open = (unit: Unit, folder: string, items: AsyncGenerator<RowItem>): OpenManifest => ({
  kind: 'open',
  unit,
  folder,
  items: withFaults(items),
})

/** Rows that name no picture are left out; some exports have them between the others. */
async function* withoutEmpty(items: AsyncIterable<RowItem>, unit: Unit): AsyncGenerator<RowItem> {
  for await (const item of items)
    if (item.kind !== 'row' || item.row.images.some(({ address }) => address !== '')) yield item
    else
      yield {
        kind: 'note',
        note: { where: `${unit} ${item.row.number}`, detail: 'names no picture, and is left out' },
      }
}
