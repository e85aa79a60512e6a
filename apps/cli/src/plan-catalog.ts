import { basename } from 'node:path'
import type { Catalog } from '@restyle/manifest/catalog'
import type { SharedOptions } from '@restyle/manifest/check-row'
import type { ManifestFault } from '@restyle/manifest/manifest'
import { type Plan, planEdits, type PlanOptions } from '@restyle/manifest/plan-edits'
import { rowsOf, type ScannedManifest } from '@restyle/manifest/scan-manifest'
import { pictureFinder, pictureReader, type Preparing } from './picture/read-picture.ts'
import { countText } from './show/count-text.ts'
import { faultLines, mostFaults } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

export type CatalogOptions = Omit<PlanOptions, 'rows' | 'read' | 'imageColumn' | 'ownColumns'> & {
  /** What messages call the catalog. */
  name: string
  /** How local pictures are made ready. */
  preparing: Preparing
  /** Whether local pictures are looked at, and not only looked for. */
  looks?: boolean
}

/** Checks every row and every picture of a catalog. Stops with all faults together, in the order of the rows. Sends nothing. */
export async function planCatalog(
  catalog: Catalog,
  scanned: Pick<ScannedManifest, 'manifest' | 'faults'>,
  options: SharedOptions,
  { folder = scanned.manifest.folder, preparing, looks = true, name, ...more }: CatalogOptions,
): Promise<Plan> {
  const { imageColumn, ownColumns } = catalog
  const planned = await planEdits(scanned, options, {
    ...more,
    imageColumn,
    ...(ownColumns === undefined ? {} : { ownColumns }),
    folder,
    rows: () => rowsOf(catalog),
    read: looks ? pictureReader(folder, preparing, folder) : pictureFinder(folder),
  })
  if (planned.kind === 'unfit') throw unfit(name, planned.faults)
  return planned.plan
}

/** The flags that settings of the reader come from. */
const flagNames: Readonly<Record<string, string>> = {
  imageColumn: '--image-column',
  keyColumn: '--key-column',
  prompt: '--prompt',
  headerRow: '--header-row',
  sheet: '--sheet',
  inheritBy: '--inherit-by',
  ownColumns: '--own-column',
  skipEmpty: '--skip-empty',
}

/** The end of a command whose catalog cannot be used. */
const unfit = (name: string, faults: readonly ManifestFault[]): Stop =>
  new Stop('input', [
    ...(faults.some(({ where }) => where === basename(name))
      ? []
      : [`${name}: ${countText(faults.length, 'error')}, so nothing is sent`]),
    ...faultLines(
      faults
        .slice(0, mostFaults)
        .map((fault) => ({ ...fault, where: flagNames[fault.where] ?? fault.where })),
      faults.length,
    ),
  ])
