import sharp from 'sharp'
import { type Origin, sha256Of, withOrigin } from '../dashscope/origin.ts'
import { foreignImages } from './foreign-images.ts'

const asked = new Map([
  ['one', { prompt: 'on oak', images: ['sha256:a'] }],
  ['two', { prompt: 'on oak', images: ['sha256:b'] }],
  ['web', { prompt: 'on oak', images: ['http://pictures/c.png'] }],
])

/** What is found of one image under an edit. */
const foundOf = async (edit: string, origin: Partial<Origin> | undefined): Promise<string[]> => {
  const create = { width: 8, height: 8, channels: 3 as const, background: '#123' }
  const plain = await sharp({ create }).png().toBuffer()
  const made = { prompt: sha256Of('on oak'), sources: ['a'], ...origin }
  const body = origin === undefined ? plain : withOrigin(plain, made)
  const object = { key: 'image.png', size: body.length, sha256: '', versionsWritten: 1 }
  return foreignImages({ objects: () => [object], read: async () => ({ body, edit }) }, 'restyle', asked)
}

describe('an image', () => {
  it('is its edit’s own where source and prompt are', async () => {
    expect(await foundOf('one', {})).toEqual([])
    // nobody knows by its address what is in it
    expect(await foundOf('web', {})).toEqual([])
  })

  it('is foreign where two edits of one prompt got each other’s', async () => {
    expect(await foundOf('two', {})).toEqual(["image.png was made from another source than two's"])
  })

  it('is foreign where its prompt is another', async () => {
    const found = await foundOf('one', { prompt: sha256Of('on marble') })
    expect(found).toEqual(["image.png was made with another prompt than one's"])
  })

  it('is not judged that the simulator did not make, or that is of no edit', async () => {
    expect(await foundOf('one', undefined)).toEqual([])
    expect(await foundOf('nobody', {})).toEqual([])
  })
})
