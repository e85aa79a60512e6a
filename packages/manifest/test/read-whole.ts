import type { ManifestFault, Row } from '../src/manifest.ts'
import type { ReadOptions } from '../src/catalog.ts'
import { rowsOf, scanManifest } from '../src/scan-manifest.ts'

/** A catalog with all its rows, for tests. */
export async function readWhole(path: string, options: ReadOptions & { mostRows: number }) {
  const catalog = { path, ...options }
  const { manifest, faults, notes } = await scanManifest(catalog, options)
  const rows: Row[] = []
  if (manifest.rows > 0) for await (const row of rowsOf(catalog)) rows.push(row)
  const told = notes
    .groups()
    .flatMap(({ places, field, detail }) =>
      places.map((where): ManifestFault => ({ where, ...(field === undefined ? {} : { field }), detail })),
    )
  return { manifest: { ...manifest, rows }, faults, notes: told }
}
