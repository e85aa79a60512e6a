import type { Edit, Model } from '@restyle/client/types'
import { imagesOf, redoRequest } from './redo-request.ts'

const own = {
  id: 'e1',
  prompt: 'oak table',
  model: 'wan2.5-i2i-preview',
  request: { n: 1, seed: 7, images: [] },
} as unknown as Edit
const take = { ...own, id: 'r1', prompt: 'walnut table', request: { ...own.request, seed: 9 } }

it('asks for what is different from the edit that is redone, whichever take was looked at', () => {
  const as = { prompt: 'oak table', keepsSeed: true, n: 1 }
  expect(redoRequest(own, own, as)).toEqual({})
  expect(redoRequest(own, own, { ...as, keepsSeed: false })).toEqual({ seed: null })
  expect(redoRequest(own, take, { prompt: 'walnut table', keepsSeed: true, n: 2 })).toEqual({
    prompt: 'walnut table',
    seed: 9,
    n: 2,
  })
})

it('sends no seed where there was none and none is wanted', () => {
  const without = { ...own, request: { n: 1, images: [] } } as Edit
  expect(redoRequest(without, without, { prompt: 'oak table', keepsSeed: false, n: 1 })).toEqual({})
})

it('takes as many images as the model makes, and as many as there were', () => {
  const models = [{ id: own.model, accepts: { n: [1, 4] } } as unknown as Model]
  expect(imagesOf(models, own)).toEqual([1, 4])
  expect(imagesOf(undefined, own)).toEqual([1, 1])
})
