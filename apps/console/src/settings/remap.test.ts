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

it('knows which places lie in one another', () => {
  const rowOf = (action: string) => table.find((row) => row.action === action) as KeyRow
  const taken = (action: string, key: string) =>
    clashes(table, defaultChoices, rowOf(action), key).map((row) => row.action)
  // of the gallery and the viewer, and of the viewer alone
  expect(taken('approve', 's')).toEqual(['mode-slider'])
  expect(taken('mode-slider', 'a')).toEqual(['approve'])
  expect(taken('approve', 'v')).toEqual(['select-row'])
  // a list is neither, and the gallery is not the viewer
  expect(taken('approve', 'p')).toEqual([])
  expect(taken('mode-slider', 'v')).toEqual([])
})
