import { freshWords, oldestOf } from './freshness.ts'

const now = Date.parse('2026-11-26T12:04:40Z')
const off = { status: 'off', heardAt: undefined, paused: false } as const
const words = (state: Parameters<typeof freshWords>[0], read?: Parameters<typeof freshWords>[1]) =>
  freshWords(state, read, now, 'UTC')

it('is of what is read again by itself, the oldest of it first', () => {
  const [once, slow, quick] = [
    { at: 1, everyMs: undefined },
    { at: 3, everyMs: 15_000 },
    { at: 4, everyMs: 5_000 },
  ]
  expect(oldestOf([quick, once, slow])).toEqual(slow)
  expect(oldestOf([{ at: 9, everyMs: undefined }, once])).toEqual(once)
  expect(oldestOf([])).toBeUndefined()
})

it('says of a page without a line when it was read, and how often it is', () => {
  expect(words(off, { at: now - 4_000, everyMs: 5_000 })).toBe('read 4 s ago, every 5 s')
  expect(words(off, { at: now - 120_000, everyMs: undefined })).toBe('read 2 min ago')
  expect(words(off)).toBe('not live')
})

it('says of a page with a line how that is', () => {
  const read = { at: now - 4_000, everyMs: 15_000 }
  const line = { ...off, heardAt: now - 12_000 }
  expect(words({ ...line, status: 'live' }, read)).toBe('live')
  expect(words({ ...line, status: 'opening' }, read)).toBe('connecting…')
  expect(words({ ...line, status: 'lost' })).toBe('reconnecting, data of 12 s ago')
  expect(words({ ...line, status: 'lost' }, { ...read, everyMs: undefined })).toMatch(/12 s ago$/)
  expect(words({ ...off, status: 'lost' })).toBe('reconnecting')
})

it('says how old that is which was read while the line is down', () => {
  const read = { at: now - 4_000, everyMs: 15_000 }
  const line = { ...off, status: 'lost', heardAt: now - 12_000 } as const
  expect(words(line, read)).toBe('reconnecting, data of 4 s ago')
  expect(words(line, { ...read, at: now - 20_000 })).toBe('reconnecting, data of 12 s ago')
})

it('names the time while it is paused: an age would stand still', () => {
  const heard = { ...off, heardAt: now - 12_000, paused: true }
  expect(words(heard)).toBe('paused, data of 12:04:28')
  expect(words(heard, { at: now - 9_000, everyMs: 5_000 })).toBe('paused, data of 12:04:31')
  expect(words({ ...off, paused: true })).toBe('paused')
})
