import { EditRequest } from '@restyle/shared/contract/edit-request'
import { digestOf } from '@restyle/shared/ids'
import type { ObjectHead } from '@restyle/shared/store/read-object'
import type { Store } from '@restyle/shared/store/store'
import { imagesFound, ownImages } from './own-images.ts'

const request = EditRequest.parse({ prompt: 'p', images: ['https://example.com/a.png'], n: 2 })
const edit = { id: 'e', producer: 'acme', batch: '', key: 'k', request }
const metadata = {
  edit: 'e',
  'prompt-hash': digestOf('p'),
  'source-hash': digestOf(request.images),
  width: '2',
  height: '3',
  'cost-micros': '400000',
}

/** A bucket that holds these keys. */
function bucket(objects: Record<string, Partial<ObjectHead>>): Store {
  const head = async (key: string) => {
    const object = objects[key]
    return object && { bytes: 1, sha256: 's', contentType: 'image/png', metadata, ...object }
  }
  async function* list(prefix: string) {
    for (const key of Object.keys(objects)) if (key.startsWith(prefix)) yield { key, bytes: 1, modifiedAt: 0 }
  }
  return { head, list } as unknown as Store
}
const find = async (objects: Record<string, Partial<ObjectHead>>, keyTemplate = '{edit}/{index}.{ext}') =>
  (await ownImages({ store: bucket(objects), keyTemplate }, edit)).map(({ index, stored }) => [
    index,
    stored.key,
  ])

describe('images of an edit in the bucket', () => {
  it('are found under its keys, whatever their format and wherever the template has it', async () => {
    expect(await find({ 'e/0.png': {}, 'e/1.jpg': {} })).toEqual([
      [0, 'e/0.png'],
      [1, 'e/1.jpg'],
    ])
    expect(await find({ 'webp/e/1': {} }, '{ext}/{edit}/{index}')).toEqual([[1, 'webp/e/1']])
  })

  it('are found aside, where another image has their key', async () => {
    const objects = { 'e/0.png': { metadata: { ...metadata, edit: 'other' } }, 'collisions/e/0-s.png': {} }
    expect(await find(objects)).toEqual([[0, 'collisions/e/0-s.png']])
  })

  it.each([
    ['another edit', { edit: 'other' }],
    ['another prompt', { 'prompt-hash': digestOf('q') }],
    ['other sources', { 'source-hash': digestOf([]) }],
    ['nobody’s', { edit: '' }],
  ])('are not those of %s', async (_, more) => {
    expect(await find({ 'e/0.png': { metadata: { ...metadata, ...more } } })).toEqual([])
  })

  it('say what they are and cost, and why the others are missing', async () => {
    const found = await ownImages(
      { store: bucket({ 'e/1.png': {} }), keyTemplate: '{edit}/{index}.{ext}' },
      edit,
    )
    expect(found).toMatchObject([{ index: 1, costMicros: 400_000, stored: { width: 2, height: 3 } }])
    const failure = { code: 'TaskExpired', message: 'x' }
    expect(imagesFound(found, 2, failure)).toMatchObject([
      { index: 0, failure },
      { index: 1, stored: {} },
    ])
  })
})
