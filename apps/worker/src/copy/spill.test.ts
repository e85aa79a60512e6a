import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Edit } from '@restyle/shared/contract/edit'
import { RestyleError } from '@restyle/shared/errors'
import { openSpill, tidySpill } from './spill.ts'

const stored = { key: 'k', sha256: '', bytes: 1, width: 1, height: 1, contentType: 'image/png' }
const edit = (id: string, ...images: object[]) =>
  Edit.parse({
    id,
    producer: 'acme',
    key: '1',
    state: 'rendered',
    version: 1,
    request: JSON.stringify({ prompt: 'x', images: [] }),
    bodyHash: '',
    createdAt: 0,
    updatedAt: 0,
    images: JSON.stringify(images.map((image, index) => ({ index, ...image }))),
  })

describe('images on disk', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-spill-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  it('are dropped when the ledger says that they are stored, and kept otherwise', async () => {
    const spill = openSpill(dir)
    for (const [id, index] of [
      ['a newer one', 0],
      ['half', 0],
      ['half', 1],
      ['forgotten', 0],
    ] as const)
      await spill.keep(id, index, Buffer.from('image'))
    const readEdit = async (id: string) => {
      if (id === 'a newer one') throw new RestyleError('Unreadable', 'its state')
      return id === 'half' ? edit('half', { stored }, { spilledTo: 'here' }) : undefined
    }
    expect(await tidySpill(spill, readEdit)).toBe(1)
    expect((await readdir(dir)).toSorted()).toEqual(['a newer one.0', 'forgotten.0', 'half.1'])
  })

  it('are none where there is no folder yet', async () => {
    const spill = openSpill(join(dir, 'none'))
    expect(await spill.list()).toEqual([])
    expect(await spill.find('e', 0)).toBeUndefined()
  })
})
