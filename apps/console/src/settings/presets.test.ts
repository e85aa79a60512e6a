import { defaultChoices, type KeyRow, keysOf, keyTable } from '../app/keys.ts'
import { presetOf, presets, withPreset } from './presets.ts'
import { clashes, remap } from './remap.ts'

const table: readonly KeyRow[] = keyTable
const keysFor = (action: string, choices: Parameters<typeof keysOf>[1]) =>
  table.filter((row) => row.action === action).flatMap((row) => keysOf(row, choices))

it.each(presets.map(({ name }) => name))('%s has no key that means two things in one place', (name) => {
  const choices = withPreset(defaultChoices, name)
  const shared = table.flatMap((row) =>
    keysOf(row, choices).flatMap((key) =>
      clashes(table, choices, row, key).map((other) => `${key}: ${row.action} and ${other.action}`),
    ),
  )
  expect(shared).toEqual([])
  for (const row of table) expect([row.action, keysOf(row, choices).length > 0]).toEqual([row.action, true])
})

it('has the letters of the program that it is named after, and moves what stood on them', () => {
  const lightroom = withPreset(defaultChoices, 'lightroom')
  expect(['approve', 'reject', 'clear-verdict'].map((action) => keysFor(action, lightroom))).toEqual([
    ['p'],
    ['x'],
    ['u'],
  ])
  const argos = withPreset(defaultChoices, 'argos')
  const moved = ['approve', 'reject', 'copy-link', 'mode-after'].map((action) => keysFor(action, argos))
  expect(moved).toEqual([['y'], ['n'], ['w'], ['a']])
})

it('is known again, until a person sets a key', () => {
  for (const { name } of presets) expect(presetOf(withPreset(defaultChoices, name))).toBe(name)
  const row = table.find(({ action }) => action === 'search') as KeyRow
  const own = remap(withPreset(defaultChoices, 'argos'), row, 'q')
  expect(presetOf(own)).toBeUndefined()
  // a person's own keys go with the next preset, and single keys stay off
  expect(withPreset({ ...own, single: false }, 'restyle')).toEqual({ single: false, remapped: {} })
})
