import { basename } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { shown, type Manifest, type ManifestFault, type Row } from './manifest.ts'
import { openNotes, type Notes } from './notes.ts'
import { openManifest } from './open-manifest.ts'

/**
 * What a catalog is. With `faults` it cannot be used, and what could be read may still be checked, so that its author
 * hears of everything at once. `notes` are what was left out.
 */
export type ScannedManifest = { manifest: Manifest; faults: ManifestFault[]; notes: Notes }

const { faults: mostFaults, fieldCharacters } = catalogLimits

/**
 * Reads a catalog once and keeps none of its rows. It must hold at least one row and at most
 * `mostRows`: reading stops at the first row above that.
 */
export async function scanManifest(
  catalog: Catalog,
  { mostRows }: { mostRows: number },
): Promise<ScannedManifest> {
  const { path } = catalog
  const opened = await openManifest(catalog)
  const faults: ManifestFault[] = []
  const notes = openNotes()
  const none: ScannedManifest = {
    manifest: { unit: 'row', folder: path, columns: [], rows: 0 },
    faults,
    notes,
  }
  if (opened.kind === 'unfit') return { ...none, faults: [opened.fault] }
  const { unit, folder, items } = opened
  const columns = new Set<string>()
  const stop = (detail: string) => ({ ...none, faults: [{ where: shown(basename(path)), detail }] })
  let [rows, characters] = [0, 0]
  for await (const item of items) {
    if (item.kind === 'note') notes.add(item.note)
    else if (item.kind === 'fault') {
      faults.push(item.fault)
      if (faults.length === mostFaults) break
    } else {
      if (rows === mostRows) return stop(`has more than ${mostRows} rows; split it`)
      rows += 1
      for (const column of item.row.cells.keys()) {
        if (columns.has(column)) continue
        columns.add(column)
        characters += column.length
      }
      if (characters > fieldCharacters)
        return stop(`has fields whose names have more than ${fieldCharacters} characters together; split it`)
    }
  }
  if (rows === 0 && faults.length === 0) return stop('has no rows')
  return { manifest: { unit, folder, columns: [...columns], rows }, faults, notes }
}

/** The rows of a catalog that was scanned, read again; without those that cannot be read. */
export async function* rowsOf(catalog: Catalog): AsyncGenerator<Row> {
  const opened = await openManifest(catalog)
  if (opened.kind === 'unfit') return
  for await (const item of opened.items) if (item.kind === 'row') yield item.row
}
