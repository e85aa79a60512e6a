import type { BatchMap } from '@restyle/client/types'
import { everything, filterRows, type Filter } from './filter.ts'
import { manyOf } from './many-of.ts'
import type { Selection } from './selection.ts'

const all: Selection = { kind: 'matching', except: [] }
const succeeded: Filter = { ...everything, states: ['succeeded'] }
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (each) => each.charCodeAt(0))
const mapOf = (state: string, verdict = '.'.repeat(state.length)): BatchMap => ({
  version: 1,
  rows: state.length,
  state: bytes(state),
  verdict: bytes(verdict),
  code: new Uint8Array(state.length),
})
/** As it is asked where the list was made of `before`, and the map is `now`. */
const asked = (selection: Selection, filter: Filter, before: BatchMap, now = before) => {
  const list = filterRows(before, filter, [])
  const matching = filterRows(now, filter, []).filter((row) => list.includes(row))
  return manyOf({ selection, filter, list, matching, map: now }, 'approved')
}
/** Long enough that its rows are not named one by one. */
const scattered = '+-'.repeat(1_000)

it('names rows that were selected one by one', () => {
  const rows = [
    [1, 2],
    [7, 7],
  ] as const
  expect(asked({ kind: 'rows', rows }, everything, mapOf('+++++++'))).toEqual({
    verdict: 'approved',
    rows: '1-2,7',
  })
})

it('names all that are shown and match, where that is short, and none that came since', () => {
  expect(asked(all, succeeded, mapOf('++r+r'), mapOf('+++++'))).toEqual({
    verdict: 'approved',
    rows: '1-2,4',
  })
  const undecided: Filter = { ...succeeded, verdicts: ['none'] }
  expect(asked(all, undecided, mapOf('+++'), mapOf('+++', '.r.'))).toMatchObject({ rows: '1,3' })
})

it('sends the filter for many, without those that were taken out, came since, or may come', () => {
  const [before, now] = [mapOf(`${scattered}rrr-`), mapOf(`${scattered}+rq-`)]
  expect(asked({ kind: 'matching', except: [[3, 3]] }, succeeded, before, now)).toEqual({
    verdict: 'approved',
    where: { state: 'succeeded' },
    except: '3,2001-2003',
  })
})

it('names rows where the producer has no such filter, and says where they are too many for that', () => {
  const filter: Filter = { ...everything, states: ['succeeded'], verdicts: ['none', 'redo'] }
  expect(asked(all, filter, mapOf(scattered))?.rows).toMatch(/^1,3,5,.*,1999$/)
  expect(asked(all, filter, mapOf(scattered.repeat(10)))).toBeUndefined()
})
