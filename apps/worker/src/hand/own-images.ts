import type { Edit, Failure, Image, StoredImage } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { digestOf } from '@restyle/shared/ids'
import { collisionPrefix, imageExtensions, imageKey } from '@restyle/shared/object-key'
import type { ObjectHead } from '@restyle/shared/store/read-object'
import type { Store } from '@restyle/shared/store/store'

/** An image that the bucket holds and that says that it is this edit's; `costMicros`: what the edit had cost by then. */
export type OwnImage = { index: number; stored: StoredImage; costMicros: number }

/** What an edit's keys and its images' metadata are made of. */
type Owner = Pick<NewEdit, 'id' | 'producer' | 'batch' | 'key' | 'request'> & Pick<Edit, 'take'>

/** The bucket of images, and the template of their keys. */
export type ImagePlaces = { store: Store; keyTemplate: string }

/**
 * Looks under the edit's own keys for images that are there already. Before an image or a task is given up the bucket is
 * asked: a process may have died after the PUT, and a ledger that went back in time has forgotten what it stored.
 * Throws what the store throws: then nothing may be given up.
 */
export async function ownImages(
  places: ImagePlaces,
  edit: Owner,
  indexes: readonly number[] = Array.from({ length: edit.request.n }, (_, index) => index),
): Promise<OwnImage[]> {
  const found = await Promise.all(indexes.map((index) => imageOf(places, edit, index)))
  return found.filter((image) => image !== undefined)
}

async function imageOf(
  { store, keyTemplate }: ImagePlaces,
  edit: Owner,
  index: number,
): Promise<OwnImage | undefined> {
  const imageAt = async (key: string): Promise<OwnImage | undefined> => {
    const head = await store.head(key)
    return head !== undefined && isOf(edit, head) ? read(key, index, head) : undefined
  }
  const keys = imageExtensions.map((extension) => imageKey(keyTemplate, edit, index, extension))
  const found = (await Promise.all(keys.map(imageAt))).find((image) => image !== undefined)
  if (found !== undefined) return found
  // where another image had its key, it went aside
  for await (const { key } of store.list(collisionPrefix(edit.id, index))) {
    const aside = await imageAt(key)
    if (aside !== undefined) return aside
  }
  return undefined
}

/** What anyone who finds the object can learn about it. Values are printable ASCII. */
export const provenanceOf = (edit: Edit): Record<string, string> => ({
  edit: edit.id,
  task: edit.taskId ?? '',
  model: edit.request.model,
  ...contentOf(edit),
  'cost-micros': String(edit.billed),
})

const contentOf = ({ request }: Owner) => ({
  'prompt-hash': digestOf(request.prompt),
  'source-hash': digestOf(request.images),
})

/** A key of a producer that is used again for something else makes an edit of the same id: its image is another. */
const isOf = (edit: Owner, { metadata, sha256 }: ObjectHead): boolean =>
  sha256 !== undefined &&
  metadata['edit'] === edit.id &&
  Object.entries(contentOf(edit)).every(([name, hash]) => (metadata[name] ?? hash) === hash)

const read = (key: string, index: number, { metadata, sha256 = '', bytes, contentType }: ObjectHead) => ({
  index,
  stored: {
    key,
    sha256,
    bytes,
    contentType,
    width: Number(metadata['width'] ?? 0),
    height: Number(metadata['height'] ?? 0),
  },
  costMicros: Number(metadata['cost-micros'] ?? 0),
})

/** The n images of an edit whose task can tell no more: those that were found, and for the others why not. */
export const imagesFound = (found: readonly OwnImage[], n: number, failure: Failure): Image[] =>
  Array.from({ length: n }, (_, index) => {
    const own = found.find((image) => image.index === index)
    return own === undefined ? { index, failure } : { index, stored: own.stored }
  })
