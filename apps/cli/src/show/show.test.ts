import { openNotes } from '@restyle/manifest/notes'
import { editOf } from '../../test/fake-world.ts'
import { durationText } from '@restyle/shared/duration-text'
import { failureGroups } from './failure-groups.ts'
import { faultLines } from './fault-lines.ts'
import { noteLines } from './note-lines.ts'
import { stripControlCharacters } from './strip-control-characters.ts'
import { priceOf, priceText } from './price.ts'
import { foldLine } from './text-width.ts'

it.each([
  [0, '0s'],
  [-5, '0s'],
  [59_400, '59s'],
  [59_600, '1m00s'],
  [187_000, '3m07s'],
  [7_500_000, '2h05m'],
])('%i ms are %s', (ms, text) => expect(durationText(ms)).toBe(text))

it('shows twenty faults and counts the others', () => {
  const faults = Array.from({ length: 51 }, (_, index) => ({ where: `row ${index}`, detail: 'is bad' }))
  const lines = faultLines(faults)
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toBe('… and 31 more')
  expect(faultLines([{ where: 'row 7', field: 'image', detail: 'is empty' }])).toEqual([
    'row 7, image: is empty',
  ])
})

it('keeps control characters and text that runs backwards off the terminal', () =>
  expect(stripControlCharacters('a\u001b]0;x\u0007b\u202ec\u009b')).toBe('a?]0;x?b?c?'))

describe('the price', () => {
  it('counts every image, by region', () => {
    const { images, byRegion } = priceOf(new Map([['wan2.5-i2i-preview', 3]]))
    expect(images).toBe(3)
    expect(priceText(byRegion)).toBe('CNY 0.60 (beijing), CNY 0.660531 (singapore)')
  })

  it('leaves out regions that lack one of the models', () => {
    const { byRegion } = priceOf(
      new Map([
        ['wan2.6-image', 1],
        ['wan2.7-image', 1],
      ]),
    )
    expect([...byRegion.keys()]).toEqual(['beijing', 'singapore'])
  })
})

it('groups failures by code and reason', () => {
  const groups = failureGroups()
  const fail = (key: string, message: string) =>
    groups.add(editOf({ key, failure: { code: 'Odd', message } }))
  fail('a', 'too dark')
  fail('b', 'too small')
  fail('c', 'too small')
  expect(groups.lines()).toEqual([
    '2 failed with Odd: too small',
    '  b, c',
    '1 failed with Odd: too dark',
    '  a',
  ])
})

it('shows twenty reasons and counts the others', () => {
  const groups = failureGroups()
  for (let index = 0; index < 1_500; index += 1)
    groups.add(editOf({ failure: { code: 'Odd', message: `task ${index}` } }))
  const lines = groups.lines()
  expect(lines).toHaveLength(41)
  expect(lines.at(-1)).toBe('… and 1480 more for other reasons')
})

it('says together what holds for several rows or files', () => {
  const notes = ['a.heic', 'b.heic'].map((where) => ({ where, detail: 'is a HEIC file' }))
  const many = Array.from({ length: 60 }, (_, index) => ({
    where: `row ${index}`,
    field: 'image',
    detail: 'x',
  }))
  const told = openNotes()
  for (const note of [...notes, ...many]) told.add(note)
  const lines = noteLines(told)
  expect(lines[0]).toBe('note: a.heic, b.heic: is a HEIC file')
  expect(lines[1]).toMatch(/^note: row 0, .*, row 49 and 10 more, image: x$/)
})

it('says what to do about a failure of our own', () => {
  const groups = failureGroups()
  groups.add(editOf({ failure: { code: 'Dropped', message: 'given up' } }))
  expect(groups.lines().at(-1)).toBe('  what to do: Nothing, or send the edit again.')
})

it('groups failures by code, the most frequent first, with what to do', () => {
  const groups = failureGroups()
  const fail = (key: string, code: string) =>
    groups.add(editOf({ key, failure: { code, message: 'said so' } }))
  fail('odd', 'NeverSeen')
  for (const key of 'abcdefg') fail(key, 'IPInfringementSuspect')
  expect(groups.lines()).toEqual([
    '7 failed with IPInfringementSuspect: said so',
    '  a, b, c, d, e, … and 2 more',
    '  what to do: Use another source image or prompt.',
    '1 failed with NeverSeen: said so',
    '  odd',
  ])
})

it('breaks lines between words on a narrow terminal, and keeps a command whole', () => {
  const command = 'restyle run c.csv.rejects.csv --catalog c.csv --prompt x'
  expect(foldLine(`  correct them there, and run that file by its name: ${command}`, 40)).toEqual([
    '  correct them there, and run that',
    '    file by its name:',
    `    ${command}`,
  ])
  // a row of a table stays one
  expect(foldLine(`batch_1  ${'x'.repeat(40)}`, 40)).toHaveLength(1)
  expect(foldLine('as it is in a pipe, however long it may be', undefined)).toHaveLength(1)
})

it('does not say the name of a field twice', () =>
  expect(
    faultLines([
      { where: 'row 3', field: 'n', detail: 'n is 9; x takes 1 to 4' },
      { where: 'cron', detail: 'cron never fires' },
    ]),
  ).toEqual(['row 3, n: is 9; x takes 1 to 4', 'cron: never fires']))
