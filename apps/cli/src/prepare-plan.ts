import { basename, resolve } from 'node:path'
import { mostRowsOfBatch } from '@restyle/client/batches'
import type { Catalog } from '@restyle/manifest/catalog'
import type { SharedOptions } from '@restyle/manifest/check-row'
import type { Comparison } from '@restyle/manifest/compare-rows'
import type { Plan } from '@restyle/manifest/plan-edits'
import { type ScannedManifest, scanManifest } from '@restyle/manifest/scan-manifest'
import { isNumbered } from '@restyle/manifest/row-keys'
import type { CatalogFlags } from './catalog-flags.ts'
import type { Io } from './io.ts'
import { catalogNameOf } from './compare-catalog.ts'
import { openCatalog, picturesFolder } from './open-catalog.ts'
import { planCatalog } from './plan-catalog.ts'
import { openRejects, type Rejects } from './rejects.ts'
import { preparingOf, readRequestOptions, type RequestFlags } from './request-options.ts'
import type { LiveLine } from './show/live-line.ts'
import { noteLines } from './show/note-lines.ts'
import { printLines } from './show/print.ts'

/** The flags that decide what a catalog comes to. */
export type PlanFlags = RequestFlags &
  CatalogFlags & {
    keyColumn?: string
    pictures?: string
    /** The name by which its rows are known. */
    catalog?: string
    /** false with `--no-fetch`: pictures are not looked at. */
    fetch: boolean
  }

/** A catalog that was read once: plans it as often as it is called. Its files are there until it is disposed of. */
export type PreparedPlan = AsyncDisposable & { plan: (comparison?: Comparison) => Promise<Plan> }

/** Reads the catalog, and says what is left out of it. Stops where it cannot be used. */
export async function preparePlan(
  path: string,
  flags: PlanFlags,
  line: LiveLine,
  io: Io,
): Promise<PreparedPlan> {
  const options = readRequestOptions(flags)
  const files = new AsyncDisposableStack()
  try {
    const catalog = files.use(await openCatalog(path, flags, io))
    const named = { catalog: path, name: catalogNameOf(path, flags, io.cwd), cwd: io.cwd }
    const rejects = flags.skipFaulty === true ? files.use(await openRejects(named)) : undefined
    const scanned = await scanManifest(catalog, {
      mostRows: mostRowsOfBatch,
      ...(rejects === undefined ? {} : { reject: rejects.unread }),
    })
    // also where the catalog is refused: a file that was left out may be the reason
    printLines(io.stderr, ...noteLines(scanned.notes))
    const plan = planner({ path, catalog, scanned, options, rejects, flags }, line, io)
    return { plan, [Symbol.asyncDispose]: () => files.disposeAsync() }
  } catch (error) {
    await files.disposeAsync()
    throw error
  }
}

type Prepared = {
  path: string
  catalog: Catalog
  scanned: ScannedManifest
  options: SharedOptions
  rejects: Rejects | undefined
  flags: PlanFlags
}

/** Plans anew whenever it is called, and says once how many rows were left out. */
function planner({ path, catalog, scanned, options, rejects, flags }: Prepared, line: LiveLine, io: Io) {
  const { manifest } = scanned
  const numbered = isNumbered(manifest, flags.keyColumn)
  let told = ''
  return async (comparison?: Comparison): Promise<Plan> => {
    const planned = await planCatalog(catalog, scanned, options, {
      ...planOptions(flags, io.cwd),
      name: /^\.{0,2}$/.test(basename(path)) ? basename(resolve(io.cwd, path)) : path,
      ...(comparison === undefined ? {} : { comparison }),
      ...(rejects === undefined ? {} : { reject: await rejects.openChecked() }),
      now: io.now(),
      onProgress: (done) => line.show(() => `checked ${done} of ${manifest.rows}`),
    }).finally(() => line.end())
    const left = (await rejects?.write(manifest, numbered)) ?? []
    if (left.join() !== told) printLines(io.stderr, ...left)
    told = left.join()
    return planned
  }
}

const planOptions = ({ prompt, keyColumn, pictures, ...flags }: PlanFlags, cwd: string) => ({
  preparing: preparingOf(flags),
  looks: flags.fetch,
  ...(prompt === undefined ? {} : { prompt }),
  ...(keyColumn === undefined ? {} : { keyColumn }),
  ...(pictures === undefined ? {} : { folder: picturesFolder(cwd, pictures) }),
})
