import type { ManifestFault, Row } from '../src/manifest.ts'
import { rowsOf, scanManifest } from '../src/scan-manifest.ts'

/** A catalog with all its rows, for tests. */
export async function readWhole(path: string, options: { imageColumn: string; mostRows: number }) {
  const { manifest, faults, notes } = await scanManifest(path, options)
  const rows: Row[] = []
  if (manifest.rows > 0) for await (const row of rowsOf(path, options.imageColumn)) rows.push(row)
  const told = notes
    .groups()
    .flatMap(({ places, field, detail }) =>
      places.map((where): ManifestFault => ({ where, ...(field === undefined ? {} : { field }), detail })),
    )
  return { manifest: { ...manifest, rows }, faults, notes: told }
}
