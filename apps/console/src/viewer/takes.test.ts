import type { Edit } from '@restyle/client/types'
import { againstTake, imageOf, nextAgainst, shownTake } from './takes.ts'

type Take = Pick<Edit, 'id' | 'state'>
const own: Take = { id: 'e1', state: 'succeeded' }
const done: Take = { id: 'r1', state: 'succeeded' }
const open: Take = { id: 'r2', state: 'running' }
const takes = [own, done, open]

it('shows the redo that is meant once it has pictures, and what is asked for before that', () => {
  const shown = (asked: number | undefined, redo: string | undefined) =>
    shownTake(takes, { asked, redo, own }).id
  expect([shown(undefined, undefined), shown(undefined, 'r1'), shown(undefined, 'r2')]).toEqual([
    'e1',
    'r1',
    'e1',
  ])
  expect([shown(1, 'r1'), shown(3, 'r1'), shown(9, 'r1')]).toEqual(['e1', 'r2', 'r1'])
  expect(shownTake([], { asked: 2, redo: 'r1', own })).toBe(own)
})

it('compares with a take that has pictures and is another one, else with the source', () => {
  const against = (asked: number | undefined) => againstTake(takes, { asked, shown: done })?.id
  expect([against(undefined), against(1), against(2), against(3), against(9)]).toEqual([
    undefined,
    'e1',
    undefined,
    undefined,
    undefined,
  ])
})

it('means the first image that was made where the one that is asked for was not', () => {
  const failure = { code: 'InternalError', message: 'one of two' }
  const take = { images: [{ index: 0, failure }, { index: 1 }] } as unknown as Edit
  expect([imageOf(take, 0)?.index, imageOf(take, 1)?.index, imageOf(undefined, 0)]).toEqual([1, 1, undefined])
})

it('goes from the source through the takes that can be compared, and back to the source', () => {
  const many = [...takes, { id: 'r3', state: 'succeeded' } as const]
  const after = (now: number | undefined) => nextAgainst(many, { now, shown: done })
  expect([after(undefined), after(1), after(4), after(2)]).toEqual([1, 4, undefined, 1])
  expect(nextAgainst([own], { now: undefined, shown: own })).toBeUndefined()
})
