import { faultsOfSpec } from '@restyle/dashscope/accepts'
import { findModel } from '@restyle/dashscope/models'
import { unknownModel } from '@restyle/manifest/check-row'
import type { Fault } from '@restyle/shared/contract/fault'
import type { ScheduleSpec } from '@restyle/shared/contract/schedule'
import { readSourceAddress } from '@restyle/shared/net/source-address'
import { mayRead, type SourceBucket } from '@restyle/shared/store/source-buckets'
import { placeOfManifest } from './fetch-manifest.ts'
import { optionsOf } from './read-catalog.ts'

/** Everything for which no run of a schedule could ever succeed, whatever its catalog holds, besides what its body says by itself. */
export function faultsOfSchedule(
  spec: ScheduleSpec,
  producer: string,
  places: readonly SourceBucket[],
): Fault[] {
  const faults: Fault[] = []
  const add = (field: string, detail: string | undefined): void => {
    if (detail !== undefined) faults.push({ path: [field], detail: `${field} ${detail}` })
  }
  add('manifest', faultOfManifest(spec.manifest, producer, places))
  if (spec.pictures !== undefined) add('pictures', faultOfManifest(spec.pictures, producer, places))
  const options = optionsOf(spec)
  const model = findModel(options.model)
  if (model === undefined) return [...faults, { path: ['model'], detail: unknownModel(options.model) }]
  // the pictures and the prompt are checked with each row
  const row = { ...options, prompt: 'any', images: model.accepts.images[0] }
  for (const { field, message } of faultsOfSpec(model, row)) faults.push({ path: [field], detail: message })
  return faults
}

function faultOfManifest(
  manifest: string,
  producer: string,
  places: readonly SourceBucket[],
): string | undefined {
  if (!manifest.startsWith('s3://')) {
    const read = readSourceAddress(manifest)
    return read.kind === 'fault' ? read.detail : undefined
  }
  const { bucket, key } = placeOfManifest(manifest)
  if (mayRead(places, producer, bucket, key)) return undefined
  return 'is in no place that may be read: whoever runs this installation can list it in RESTYLE_SOURCE_BUCKETS'
}
