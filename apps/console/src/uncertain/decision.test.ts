import { resolutionOf, typedFor } from './decision.ts'

it('asks for the end of the very task, so that no habit confirms another one', () => {
  expect(typedFor({ kind: 'adopt', taskId: '0385dc79-5ff8-4d82-bcb6-0000000abcde' })).toBe('0abcde')
  expect(typedFor({ kind: 'resubmit' })).toBe('submit again')
})

it('forces a task only where it is none of the candidates', () => {
  expect(resolutionOf({ kind: 'adopt', taskId: 'a' }, ['a'])).toEqual({ action: 'adopt', taskId: 'a' })
  expect(resolutionOf({ kind: 'adopt', taskId: 'b' }, ['a'])).toEqual({
    action: 'adopt',
    taskId: 'b',
    force: true,
  })
  expect(resolutionOf({ kind: 'drop' }, [])).toEqual({ action: 'drop' })
})
