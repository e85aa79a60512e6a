import type { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Fault } from '@restyle/shared/contract/fault'
import { limits } from '@restyle/shared/contract/limits'

/**
 * What is too long in an edit that has not been read yet. The schema says the same, but walks through every item first,
 * and a list of a million addresses takes it seconds.
 */
export function faultsOfBounds(value: unknown): Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const { images, metadata, columns } = value as Record<string, unknown>
  const faults: Fault[] = []
  const fields = Object.keys(value).length
  if (fields > limits.fields)
    faults.push({ path: [], detail: `the edit has ${fields} fields; at most ${limits.fields} are read` })
  if (Array.isArray(images) && images.length > limits.images)
    faults.push({
      path: ['images'],
      detail: `images has ${images.length} addresses; at most ${limits.images} are read`,
    })
  return [
    ...faults,
    ...faultsOfEntries('metadata', metadata, limits.metadataEntries),
    ...faultsOfEntries('columns', columns, limits.columns),
  ]
}

function faultsOfEntries(name: string, value: unknown, most: number): Fault[] {
  const entries = typeof value === 'object' && value !== null ? Object.keys(value).length : 0
  return entries > most
    ? [{ path: [name], detail: `${name} has ${entries} entries; at most ${most} are kept` }]
    : []
}

/** No character takes more than this in JSON that is a text in JSON. */
const mostBytesEach = 4

/**
 * What is too much in all, although each part fits: the ledger keeps the edit as JSON, and tells of it in events, where that JSON is a
 * text in JSON again.
 */
export function faultsOfSize(request: EditRequest): Fault[] {
  const { prompt, negativePrompt = '', images, metadata = {} } = request
  const texts = [prompt, negativePrompt, ...images, ...Object.entries(metadata).flat()]
  const length = texts.reduce((sum, text) => sum + text.length + 8, 0)
  // nearly all are far smaller, and measured in no time
  if (length * mostBytesEach < limits.requestBytes) return []
  const told = JSON.stringify(JSON.stringify(request))
  const bytes = Buffer.byteLength(told) + (told.match(/\//g)?.length ?? 0)
  if (bytes <= limits.requestBytes) return []
  return [
    {
      path: [],
      detail: `the edit takes ${bytes} bytes in all; at most ${limits.requestBytes} are kept: shorten its addresses, its metadata or its prompt`,
    },
  ]
}
