import { quoted } from '../app/quoted.ts'
import { suggest } from './suggest.ts'

const lines = (line: string) => suggest(line).map((each) => each.line)

it('offers the qualifiers that are not there, and finishes a word that begins one', () => {
  expect(lines('')).toContain('state:')
  expect(lines('LAMP')[0]).toBe('LAMP key:')
  expect(lines('LAMP st')).toEqual(['LAMP state:'])
  expect(lines('key:LAMP ')).not.toContain('key:LAMP key:')
  expect(lines('prompt:oak ')).toContain('prompt:oak prompt:')
})

it('offers the states after `state:`, and the values of others with a few, and those that begin so', () => {
  expect(lines('key:a state:')).toHaveLength(9)
  expect(lines('key:a state:f')).toEqual(['key:a state:failed '])
  expect(lines('state:failed')).toEqual([])
  expect(lines('verdict:re')).toEqual(['verdict:rejected ', 'verdict:redo '])
})

it('puts a value with blanks or a colon in quotes', () => {
  expect(quoted('oak table')).toBe('"oak table"')
  expect(quoted('sku:1')).toBe('"sku:1"')
  expect(quoted('a"b')).toBe('ab')
})
