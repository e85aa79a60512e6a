import fc from 'fast-check'
import { diffPrompts } from './prompt-diff.ts'

it('says which words went and which came', () => {
  expect(diffPrompts('on an oak table', 'on a walnut table')).toEqual([
    { kind: 'same', text: 'on ' },
    { kind: 'gone', text: 'an' },
    { kind: 'new', text: 'a' },
    { kind: 'same', text: ' ' },
    { kind: 'gone', text: 'oak' },
    { kind: 'new', text: 'walnut' },
    { kind: 'same', text: ' table' },
  ])
  expect(diffPrompts('same', 'same')).toEqual([{ kind: 'same', text: 'same' }])
  expect(diffPrompts('', 'new')).toEqual([{ kind: 'new', text: 'new' }])
})

it('loses no word of either prompt', () => {
  const prompts = fc.array(fc.constantFrom('oak', 'table', 'warm', ' ', '，')).map((words) => words.join(' '))
  fc.assert(
    fc.property(prompts, prompts, (before, after) => {
      const pieces = diffPrompts(before, after)
      const textOf = (left: string) =>
        pieces.flatMap(({ kind, text }) => (kind === left ? [] : [text])).join('')
      expect(textOf('new')).toBe(before)
      expect(textOf('gone')).toBe(after)
    }),
  )
})

it('takes two long prompts as wholly different', () => {
  const long = 'word '.repeat(1_000)
  expect(diffPrompts(long, `${long}end`).map(({ kind }) => kind)).toEqual(['gone', 'new'])
})
