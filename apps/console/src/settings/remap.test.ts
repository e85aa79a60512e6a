import { defaultChoices, type KeyRow, keysOf, keyTable } from '../app/keys.ts'
import { chosenKey, clashes, remap, reset } from './remap.ts'

const table: readonly KeyRow[] = keyTable
const search = table.find(({ action }) => action === 'search') as KeyRow
const event = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false })

it('sets another key, and gives the old one back', () => {
  const set = remap(defaultChoices, search, 'x')
  expect(keysOf(search, set)).toEqual(['x'])
  expect(remap(set, search, '/').remapped).toEqual({})
  expect(keysOf(search, reset(set, search))).toEqual(['/'])
})

it('leaves to the form what the form needs', () => {
  expect(['Tab', 'Escape', 'Enter', 'Shift'].map((key) => chosenKey(event(key)))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(chosenKey(event('q'))).toBe('q')
})

it('names the actions that a key stands for already, also as the first of two', () => {
  expect(clashes(table, defaultChoices, search, '?').map(({ action }) => action)).toEqual(['show-keys'])
  expect(clashes(table, defaultChoices, search, 'g').length).toBeGreaterThan(3)
  expect(clashes(table, defaultChoices, search, 'q')).toEqual([])
})
