import { Edit } from '@restyle/shared/contract/edit'
import { giveUpImages } from './give-up-images.ts'

const edit = Edit.parse({
  id: 'e',
  producer: 'acme',
  key: '1',
  state: 'rendered',
  version: 1,
  request: JSON.stringify({ prompt: 'x', images: ['https://a.example/a.png'] }),
  bodyHash: '',
  createdAt: 0,
  updatedAt: 0,
})

it('giving up is refused where all images of an edit have ended, and moves nothing', async () => {
  const failure = { code: 'Missing', message: 'no image' } as const
  const ended = { ...edit, images: [{ index: 0, failure }] } as unknown as Edit
  const ledger = { move: () => Promise.reject(new Error('moved')), read: async () => undefined }
  await expect(giveUpImages(ended, undefined, ledger)).rejects.toMatchObject({ code: 'not-held' })
})
