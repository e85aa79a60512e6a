import { basename } from 'node:path'
import type { Manifest, ManifestFault, Row } from './manifest.ts'
import { openManifest } from './open-manifest.ts'

/** A whole catalog, or every reason why it cannot be used. */
export type ReadManifest = { kind: 'read'; manifest: Manifest } | { kind: 'unfit'; faults: ManifestFault[] }

/**
 * Reads a catalog into memory; `path` is absolute. It must hold at least one row and at most `mostRows`: reading stops
 * at the first row above that.
 */
export async function readManifest(
  path: string,
  { imageColumn, mostRows }: { imageColumn: string; mostRows: number },
): Promise<ReadManifest> {
  const opened = await openManifest(path, imageColumn)
  if (opened.kind === 'unfit') return { kind: 'unfit', faults: [opened.fault] }
  const { unit, folder, items } = opened
  const file = (detail: string): ReadManifest => ({
    kind: 'unfit',
    faults: [{ where: basename(path), detail }],
  })
  const faults: ManifestFault[] = []
  const rows: Row[] = []
  const columns = new Set<string>()
  for await (const item of items) {
    if (item.kind === 'fault') faults.push(item.fault)
    else {
      if (rows.length === mostRows) return file(`has more than ${mostRows} rows; split it`)
      rows.push(item.row)
      for (const column of item.row.cells.keys()) columns.add(column)
    }
  }
  if (faults.length > 0) return { kind: 'unfit', faults }
  if (rows.length === 0) return file('has no rows')
  return { kind: 'read', manifest: { unit, folder, columns: [...columns], rows } }
}
