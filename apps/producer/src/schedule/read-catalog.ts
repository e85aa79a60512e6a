import { defaultModel } from '@restyle/dashscope/models'
import type { Catalog, ReadOptions } from '@restyle/manifest/catalog'
import type { PictureReader, SharedOptions } from '@restyle/manifest/check-row'
import type { RowCounts } from '@restyle/manifest/compare-rows'
import { openKnownRows } from '@restyle/manifest/known-rows'
import type { ManifestFault } from '@restyle/manifest/manifest'
import { type Plan, planEdits } from '@restyle/manifest/plan-edits'
import type { Reject } from '@restyle/manifest/rejected-row'
import { rowsOf, scanManifest } from '@restyle/manifest/scan-manifest'
import { limits } from '@restyle/shared/contract/limits'
import type { LiveRun, RunRows, Schedule, ScheduleSpec } from '@restyle/shared/contract/schedule'
import { type CatalogTools, newestRows } from '@restyle/shared/rows/catalog-rows'
import { fetchManifest, type ManifestSources } from './fetch-manifest.ts'
import { type PictureDigests, PicturesUnreadable } from './picture-digests.ts'
import { placedRows } from './placed-rows.ts'
import { moreFaults } from './more-faults.ts'

/** A catalog as a run finds it: how many of its rows are what, and those that are to be made, as often as they are asked for. */
export type ReadCatalog =
  | {
      kind: 'read'
      rows: RunRows
      left?: string
      edits: () => AsyncIterable<object>
      close: () => Promise<void>
    }
  /** Why it cannot be run: a sentence for whoever has set the schedule. */
  | { kind: 'faulty'; detail: string }

export type CatalogReading = CatalogTools & {
  sources: ManifestSources
  digests: PictureDigests
  now: () => number
}

/** What all rows of a schedule have in common. */
export const optionsOf = ({
  model = defaultModel.id,
  n = 1,
  negativePrompt,
  size,
  seed,
  promptExtend,
  watermark,
  class: rowClass,
}: ScheduleSpec): SharedOptions => ({
  model,
  n,
  ...(negativePrompt === undefined ? {} : { negativePrompt }),
  ...(size === undefined ? {} : { size }),
  ...(seed === undefined ? {} : { seed }),
  ...(promptExtend === undefined ? {} : { promptExtend }),
  ...(watermark === undefined ? {} : { watermark }),
  ...(rowClass === undefined ? {} : { class: rowClass }),
})

const readOptionsOf = ({
  imageColumn = 'image',
  headerRow,
  sheet,
  inheritBy,
  skipEmpty,
  ownColumns,
}: ScheduleSpec): ReadOptions => ({
  imageColumn,
  ...(headerRow === undefined ? {} : { headerRow }),
  ...(sheet === undefined ? {} : { sheet }),
  ...(inheritBy === undefined ? {} : { inheritBy }),
  ...(skipEmpty === undefined ? {} : { skipEmpty }),
  ...(ownColumns === undefined ? {} : { ownColumns }),
})

/**
 * Reads the catalog of a run, checks all its rows, and compares them with what the runs before it have made. It is read as it
 * is at one moment: the rows that come later are those that were checked. Rows that this run has enqueued already, before its
 * planner was cut off, do not come again.
 */
export async function readCatalog(
  schedule: Schedule,
  run: LiveRun,
  tools: CatalogReading,
  signal: AbortSignal,
): Promise<ReadCatalog> {
  const fetched = await fetchManifest(schedule.spec.manifest, schedule.producer, tools.sources, signal)
  if (fetched.kind === 'faulty') return fetched
  try {
    const { close, kind: _, ...place } = fetched
    const left = openLeftOut()
    const catalog = { ...place, ...readOptionsOf(schedule.spec) }
    const planned = await planRows(schedule, run, catalog, { ...tools, left }, signal)
    if (planned.kind === 'plan') {
      const { plan } = planned
      const rows = { ...countsOf(plan.rows, schedule.spec), ...left.count() }
      return { kind: 'read', rows, ...left.told(), edits: () => editsOf(plan), close }
    }
    await fetched.close()
    return { kind: 'faulty', detail: sentenceOf(planned.faults) }
  } catch (error) {
    await fetched.close()
    if (error instanceof PicturesUnreadable) return { kind: 'faulty', detail: error.message }
    throw error
  }
}

async function planRows(
  { producer, name, spec }: Schedule,
  run: LiveRun,
  catalog: Catalog & { folder: string },
  { left, ...tools }: CatalogReading & { left: LeftOut },
  signal: AbortSignal,
) {
  const rejecting = spec.skipFaulty === true ? { reject: left.reject } : {}
  const scanned = await scanManifest(catalog, { mostRows: limits.streamedRows, ...rejecting })
  const known = openKnownRows()
  for await (const rows of newestRows(tools, { producer, name })) {
    signal.throwIfAborted()
    for (const row of rows) known.add(row)
  }
  const { prompt, keyColumn } = spec
  const now = tools.now()
  return planEdits(scanned, optionsOf(spec), {
    imageColumn: catalog.imageColumn,
    ...(catalog.ownColumns === undefined ? {} : { ownColumns: catalog.ownColumns }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(keyColumn === undefined ? {} : { keyColumn }),
    ...rejecting,
    rows: () => placedRows(rowsOf(catalog), spec.pictures ?? catalog.folder, now),
    read: noFiles,
    now,
    onProgress: () => signal.throwIfAborted(),
    comparison: { known, into: run.batch, ...(spec.all === true ? { all: true } : {}) },
    digestOf: tools.digests.ofRun(producer),
  })
}

async function* editsOf(plan: Plan): AsyncGenerator<object> {
  for await (const { edit } of plan.planned()) yield edit
}

function countsOf(rows: RowCounts, { all }: ScheduleSpec): RunRows {
  const unchanged = rows.unchanged + rows.underWay + rows.unknown + rows.notCompared
  return {
    new: rows.new,
    changed: rows.changed,
    failed: rows.failed + rows.canceled,
    unchanged: all === true ? 0 : unchanged,
    ...(all === true && unchanged > 0 ? { again: unchanged } : {}),
    ...(rows.sent === 0 ? {} : { earlier: rows.sent }),
  }
}

/** Nobody's files are on this machine. */
const noFiles: PictureReader = async () => ({
  kind: 'fault',
  detail: 'cannot be had: the pictures of a schedule are beside its manifest, or have addresses',
})

/** Faulty rows that are left out: how many, and the first of them as a sentence. */
function openLeftOut() {
  let [faulty, first] = [0, '']
  const reject: Reject = async ({ row, faults }) => {
    faulty += 1
    if (faulty === 1) first = sentenceOf(faults.map((fault) => ({ where: `row ${row.number}`, ...fault })))
  }
  return {
    reject,
    count: () => (faulty === 0 ? {} : { faulty }),
    told: () =>
      faulty === 0 ? {} : { left: `${faulty} ${faulty === 1 ? 'row was' : 'rows were'} left out: ${first}` },
  }
}
type LeftOut = ReturnType<typeof openLeftOut>

function sentenceOf(faults: readonly ManifestFault[]): string {
  const [first] = faults
  if (first === undefined) return 'the catalog cannot be used'
  const { where, field, detail } = first
  const more = moreFaults(faults.length)
  return `${where}${field === undefined ? '' : `, ${field}`}: ${detail}${more}`
}
