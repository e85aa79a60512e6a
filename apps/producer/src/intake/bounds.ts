import type { Fault } from '@restyle/shared/contract/fault'
import { limits } from '@restyle/shared/contract/limits'

/**
 * What is too long in an edit that has not been read yet. The schema says the same, but walks through every item first,
 * and a list of a million addresses takes it seconds.
 */
export function faultsOfBounds(value: unknown): Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const { images, metadata } = value as Record<string, unknown>
  const faults: Fault[] = []
  const fields = Object.keys(value).length
  if (fields > limits.fields)
    faults.push({ path: [], detail: `the edit has ${fields} fields; at most ${limits.fields} are read` })
  if (Array.isArray(images) && images.length > limits.images)
    faults.push({
      path: ['images'],
      detail: `images has ${images.length} addresses; at most ${limits.images} are read`,
    })
  const entries = typeof metadata === 'object' && metadata !== null ? Object.keys(metadata).length : 0
  if (entries > limits.metadataEntries)
    faults.push({
      path: ['metadata'],
      detail: `metadata has ${entries} entries; at most ${limits.metadataEntries} are kept`,
    })
  return faults
}
