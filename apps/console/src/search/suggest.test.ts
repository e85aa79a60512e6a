import { quoted } from '../app/quoted.ts'
import { openTerm, suggest } from './suggest.ts'

const known = {
  codes: ['DataInspectionFailed', 'InternalError.Algo', 'InternalError.Timeout'],
  batches: ['Spring catalog', 'lamps', 'Spring catalog', 'say "cheese"'],
}
const lines = (line: string) => suggest(line, known).map((each) => each.line)

it('finishes a word that begins a qualifier, and offers all that are not there after a blank', () => {
  expect(lines('')).toContain('state:')
  expect(lines('LAMP')).toEqual([])
  expect(lines('LAMP st')).toEqual(['LAMP state:'])
  expect(lines('LAMP ')[0]).toBe('LAMP key:')
  expect(lines('key:LAMP ')).not.toContain('key:LAMP key:')
  expect(lines('prompt:oak ')).toContain('prompt:oak prompt:')
  expect(suggest('co', known)).toEqual([{ label: 'code:', means: 'the code of a failure', line: 'code:' }])
})

it('offers the states and verdicts after their qualifiers, and those that begin so', () => {
  expect(lines('key:a state:')).toHaveLength(9)
  expect(lines('key:a state:f')).toEqual(['key:a state:failed '])
  expect(lines('state:failed')).toEqual([])
  expect(lines('verdict:re')).toEqual(['verdict:rejected ', 'verdict:redo '])
})

it('offers the codes that failures have, and the names of batches that have what is typed', () => {
  expect(lines('code:')).toEqual(known.codes.map((code) => `code:${code} `))
  expect(lines('code:internal')).toEqual(['code:InternalError.Algo ', 'code:InternalError.Timeout '])
  expect(lines('LAMP batch:cat')).toEqual(['LAMP batch:"Spring catalog" '])
  expect(lines('batch:"spring c')).toEqual(['batch:"Spring catalog" '])
  // what cannot be said is said without its quotes
  expect(lines('batch:cheese')).toEqual(['batch:"say cheese" '])
  expect(lines('key:a')).toEqual([])
})

it('offers a dozen at most', () => {
  const batches = Array.from({ length: 50 }, (_, i) => `batch ${i}`)
  expect(suggest('batch:', { codes: [], batches })).toHaveLength(12)
})

it('says which qualifier is being written', () => {
  expect(openTerm('LAMP code:')?.name).toBe('code')
  expect(openTerm('batch:"spring c')).toMatchObject({ name: 'batch', typed: '"spring c' })
  expect(openTerm('batch:"spring c" ')).toBeUndefined()
  expect(openTerm('LAMP')).toBeUndefined()
})

it('puts a value with blanks or a colon in quotes', () => {
  expect(quoted('oak table')).toBe('"oak table"')
  expect(quoted('sku:1')).toBe('"sku:1"')
  expect(quoted('a"b')).toBe('ab')
})
