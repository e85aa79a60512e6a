import { z } from 'zod'

/** So many batches are followed by one stream. */
export const mostBatches = 20

const batch = /^[\w-]{1,64}(:\d{1,16})?$/

/** Ids of batches with commas between them; behind an id and a colon may stand the version of the map that the reader has. */
export const Batches = z
  .string()
  .refine((text) => text.split(',').every((each) => batch.test(each)), {
    error:
      'must be the id of a batch, or several with commas between them; behind an id may stand a colon and the version of its map',
    abort: true,
  })
  .refine((text) => askedBatches(text).length <= mostBatches, {
    error: `names more than ${mostBatches} batches: follow fewer in one stream`,
  })

export type AskedBatch = { id: string; version: number | undefined }

/** The batches that are named, each once. */
export function askedBatches(text: string): AskedBatch[] {
  const asked = text.split(',').map((each): [string, AskedBatch] => {
    const [id = '', version] = each.split(':')
    return [id, { id, version: version === undefined ? undefined : Number(version) }]
  })
  return [...new Map(asked).values()]
}
