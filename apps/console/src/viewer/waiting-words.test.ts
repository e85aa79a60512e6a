import type { EditForecast } from '@restyle/client/types'
import { waitingWords } from './waiting-words.ts'

const now = Date.parse('2026-11-26T10:00:00Z')
const span = (from: string, to: string) => ({ from: `2026-11-26T${from}:00Z`, to: `2026-11-26T${to}:00Z` })
const range = {
  kind: 'range',
  begin: span('11:58', '12:08'),
  end: span('12:00', '12:10'),
  tasksSeen: 100,
  imagesPerHour: 600,
  detail: 'Reckoned from 100 tasks.',
} as const
const words = (edit: Parameters<typeof waitingWords>[0], told?: Partial<EditForecast>) =>
  waitingWords(edit, told && { state: edit.state, ...told }, now, 'UTC')

it('says who goes before it, when it is done, and what that is reckoned from', () => {
  expect(words({ state: 'queued' }, { place: { ahead: 1_204, inBatch: 812 }, forecast: range })).toEqual([
    'Before it go 1,204 of your edits, 812 of this batch.',
    'Done 12:00 to 12:10.',
    'Reckoned from 100 tasks.',
  ])
  expect(words({ state: 'queued' }, { place: { ahead: 0, inBatch: 0 } })).toEqual([
    'It is the next one of yours.',
  ])
  expect(words({ state: 'queued' }, { place: { ahead: 6 } })).toEqual(['Before it go up to 6 of your edits.'])
  expect(words({ state: 'queued' }, { place: { ahead: 1, inBatch: 0 } })).toEqual([
    'Before it goes one of your edits.',
  ])
  expect(words({ state: 'running' }, { forecast: range })[0]).toBe('Done 12:00 to 12:10.')
})

it('says why nobody knows, and what it waits for where that is no lane', () => {
  const paused = { kind: 'unknown', reason: 'lane-paused', detail: 'Every lane is paused.' } as const
  expect(words({ state: 'queued' }, { forecast: paused })).toEqual(['Every lane is paused.'])
  const pausedAt = '2026-11-26T09:00:00Z'
  expect(words({ state: 'queued', pausedAt }, { place: { ahead: 0 } })[1]).toMatch(/person has paused it/)
  expect(words({ state: 'rendered' })[0]).toMatch(/being copied/)
  expect(words({ state: 'uncertain' })[0]).toMatch(/being looked for/)
  expect(words({ state: 'failed' })).toEqual([])
})

it('says nothing before the forecast is there', () => {
  expect(words({ state: 'queued' })).toEqual([])
})
