import { defaultModel } from '@restyle/dashscope/models'
import type { PictureReader, SharedOptions } from '@restyle/manifest/check-row'
import type { ManifestFault } from '@restyle/manifest/manifest'
import { planEdits } from '@restyle/manifest/plan-edits'
import { rowsOf, scanManifest } from '@restyle/manifest/scan-manifest'
import { limits } from '@restyle/shared/contract/limits'
import type { LiveRun, RunRows, Schedule, ScheduleSpec } from '@restyle/shared/contract/schedule'
import { fetchManifest, type ManifestSources } from './fetch-manifest.ts'

/** A row that is to be run. */
export type PlannedRow = { key?: string }

/** A catalog as a run finds it: how many of its rows are what, and those that are to be made, as often as they are asked for. */
export type ReadCatalog =
  | { kind: 'read'; rows: RunRows; edits: () => AsyncIterable<object>; close: () => Promise<void> }
  /** Why it cannot be run: a sentence for whoever has set the schedule. */
  | { kind: 'faulty'; detail: string }

/** Tells of each row of a run what it is beside what was made before; `fingerprint` goes with it. */
export type CompareRows = (
  schedule: Schedule,
  run: LiveRun,
) => Promise<(row: PlannedRow) => { is: keyof RunRows; fingerprint?: string }>

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

/**
 * Reads the catalog of a run, checks all its rows, and tells which of them are to be made. It is read as it is at one moment:
 * the rows that come later are those that were checked.
 */
export async function readCatalog(
  schedule: Schedule,
  run: LiveRun,
  tools: { sources: ManifestSources; compare: CompareRows; now: () => number },
  signal: AbortSignal,
): Promise<ReadCatalog> {
  const { spec, producer } = schedule
  const fetched = await fetchManifest(spec.manifest, producer, tools.sources, signal)
  if (fetched.kind === 'faulty') return fetched
  try {
    const { imageColumn = 'image', prompt, keyColumn } = spec
    const catalog = { path: fetched.path, folder: fetched.folder, imageColumn }
    const scanned = await scanManifest(catalog, { mostRows: limits.streamedRows })
    signal.throwIfAborted()
    const planned = await planEdits(scanned, optionsOf(spec), {
      imageColumn,
      ...(prompt === undefined ? {} : { prompt }),
      ...(keyColumn === undefined ? {} : { keyColumn }),
      rows: () => rowsOf(catalog),
      read: noFiles,
      now: tools.now(),
      onProgress: () => signal.throwIfAborted(),
    })
    if (planned.kind === 'unfit') return await faulty(planned.faults, fetched)
    const compared = await tools.compare(schedule, run)
    const rows: RunRows = { new: 0, changed: 0, failed: 0, unchanged: 0 }
    for await (const { edit } of planned.plan.planned()) rows[compared(edit).is] += 1
    return {
      kind: 'read',
      rows,
      edits: async function* () {
        for await (const { edit } of planned.plan.planned()) {
          const { is, fingerprint } = compared(edit)
          if (is !== 'unchanged') yield fingerprint === undefined ? edit : { ...edit, fingerprint }
        }
      },
      close: fetched.close,
    }
  } catch (error) {
    await fetched.close()
    throw error
  }
}

/** Nobody's files are on this machine. */
const noFiles: PictureReader = async () => ({
  kind: 'fault',
  detail: 'is a path: the catalog of a schedule names its pictures by addresses (https:// or s3://)',
})

async function faulty(
  faults: readonly ManifestFault[],
  fetched: { close: () => Promise<void> },
): Promise<Extract<ReadCatalog, { kind: 'faulty' }>> {
  await fetched.close()
  const [first] = faults
  const more = faults.length > 1 ? `, and ${faults.length - 1} more faults` : ''
  if (first === undefined) return { kind: 'faulty', detail: 'the catalog cannot be used' }
  const { where, field, detail } = first
  return {
    kind: 'faulty',
    detail: `${where}${field === undefined ? '' : `, ${field}`}: ${detail}${more}`,
  }
}
