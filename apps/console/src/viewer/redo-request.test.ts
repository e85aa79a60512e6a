import type { Edit, ForecastAnswer, Model } from '@restyle/client/types'
import { endWords, imagesOf, redoRequest } from './redo-request.ts'

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

it('says when it is done, or why it will not be', () => {
  const now = Date.parse('2026-11-26T10:00:00Z')
  const end = { from: '2026-11-26T12:00:00Z', to: '2026-11-26T12:10:00Z' }
  const range = { kind: 'range', begin: end, end, tasksSeen: 9, imagesPerHour: 60, detail: '' } as const
  expect(endWords(range, now, 'UTC')).toEqual({ words: 'Done 12:00 to 12:10.', isBad: false })
  const paused: ForecastAnswer['forecast'] = {
    kind: 'unknown',
    reason: 'lane-paused',
    detail: 'the lane is paused',
  }
  expect(endWords(paused, now, 'UTC')).toEqual({ words: 'The lane is paused.', isBad: true })
  const stops = { ...paused, detail: 'it stops at about 2026-11-26T12:10:04.691Z: no money' }
  expect(endWords(stops, now, 'UTC').words).toBe('It stops at about 12:10: no money.')
})
