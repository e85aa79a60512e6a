import { basename } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import { shown, type Manifest, type ManifestFault, type Row } from './manifest.ts'
import { openManifest } from './open-manifest.ts'

/**
 * What a catalog holds. With `faults` it cannot be used, and what could be read may still be checked, so that its author
 * hears of everything at once. `notes` are what was left out.
 */
export type ReadManifest = { manifest: Manifest; faults: ManifestFault[]; notes: ManifestFault[] }

const { characters, faults: mostFaults } = catalogLimits

/**
 * Reads a catalog into memory; `path` is absolute. It must hold at least one row and at most `mostRows`: reading stops
 * at the first row above that.
 */
export async function readManifest(
  path: string,
  { imageColumn, mostRows }: { imageColumn: string; mostRows: number },
): Promise<ReadManifest> {
  const opened = await openManifest(path, imageColumn)
  const read: ReadManifest = {
    manifest: { unit: 'row', folder: path, columns: [], rows: [] },
    faults: [],
    notes: [],
  }
  if (opened.kind === 'unfit') return { ...read, faults: [opened.fault] }
  const { unit, folder, items } = opened
  const { faults, notes } = read
  const rows: Row[] = []
  const columns = new Set<string>()
  const stop = (detail: string) => ({ ...read, faults: [{ where: shown(basename(path)), detail }] })
  let size = 0
  for await (const item of items) {
    if (item.kind === 'note') notes.push(item.note)
    else if (item.kind === 'fault') {
      faults.push(item.fault)
      if (faults.length === mostFaults) break
    } else {
      if (rows.length === mostRows) return stop(`has more than ${mostRows} rows; split it`)
      size += sizeOf(item.row)
      if (size > characters) return stop(`holds more than ${characters / 1e6} million characters; split it`)
      rows.push(item.row)
      for (const column of item.row.cells.keys()) columns.add(column)
    }
  }
  if (rows.length === 0 && faults.length === 0) return stop('has no rows')
  return { manifest: { unit, folder, columns: [...columns], rows }, faults, notes }
}

const sizeOf = ({ cells, images }: Row): number =>
  [...cells.values(), ...images.map(({ address }) => address)].reduce(
    (sum, text) => sum + 64 + text.length,
    0,
  )
