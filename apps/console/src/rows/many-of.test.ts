import type { BatchMap } from '@restyle/client/types'
import { everything, filterRows, type Filter } from './filter.ts'
import { manyOf, withoutRows } from './many-of.ts'
import type { Selection } from './selection.ts'

const all: Selection = { kind: 'matching', to: 1_000_000, except: [] }
const succeeded: Filter = { ...everything, states: ['succeeded'] }
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (each) => each.charCodeAt(0))
const mapOf = (state: string, verdict = '.'.repeat(state.length)): BatchMap => ({
  version: 1,
  rows: state.length,
  state: bytes(state),
  verdict: bytes(verdict),
  code: new Uint8Array(state.length),
  redo: new Uint8Array(state.length),
})
/** As it is asked where the list was made of `before`, and the map is `now`. */
const asked = (selection: Selection, filter: Filter, before: BatchMap, now = before) => {
  const list = filterRows(before, filter, [])
  const matching = filterRows(now, filter, []).filter((row) => list.includes(row))
  return manyOf({ selection, filter, list, matching, map: now }, 'approved')
}
/** The only part of it. */
const askedOnce = (...of: Parameters<typeof asked>) => {
  const parts = asked(...of)
  expect(parts).toHaveLength(1)
  return parts?.[0]
}
/** Long enough that its rows are not named one by one. */
const scattered = '+-'.repeat(1_000)

it('names rows that were selected one by one', () => {
  const rows = [
    [1, 2],
    [7, 7],
  ] as const
  expect(askedOnce({ kind: 'rows', rows }, everything, mapOf('+++++++'))).toEqual({
    verdict: 'approved',
    rows: '1-2,7',
  })
})

it('names all that are shown and match, where that is short, and none that came since', () => {
  expect(askedOnce(all, succeeded, mapOf('++r+r'), mapOf('+++++'))).toEqual({
    verdict: 'approved',
    rows: '1-2,4',
  })
  const undecided: Filter = { ...succeeded, verdicts: ['none'] }
  expect(askedOnce(all, undecided, mapOf('+++'), mapOf('+++', '.r.'))).toMatchObject({ rows: '1,3' })
})

it('sends the filter for many, without those that were taken out, came since, or may come', () => {
  const [before, now] = [mapOf(`${scattered}rrr-`), mapOf(`${scattered}+rq-`)]
  expect(askedOnce({ kind: 'matching', to: 2_004, except: [[3, 3]] }, succeeded, before, now)).toEqual({
    verdict: 'approved',
    rows: '1-2004',
    where: { state: 'succeeded' },
    except: '3,2001-2003',
  })
})

it('leaves out rows that came after all were selected', () => {
  const until = (to: number): Selection => ({ kind: 'matching', to, except: [] })
  expect(askedOnce(until(2), everything, mapOf('++++'))?.rows).toBe('1-2')
  expect(askedOnce(until(1_999), succeeded, mapOf(`${scattered}++`))).toMatchObject({
    rows: '1-2002',
    except: '2001-2002',
  })
})

it('leaves out rows besides', () => {
  const order = { verdict: 'approved', rows: '1-9', except: '2-3' } as const
  expect(withoutRows(order, [])).toBe(order)
  expect(withoutRows(order, [7, 4, 7])).toEqual({ ...order, except: '2-4,7' })
})

it('names rows where the producer has no such filter, in parts that it takes', () => {
  const filter: Filter = { ...everything, states: ['succeeded'], verdicts: ['none', 'redo'] }
  expect(askedOnce(all, filter, mapOf(scattered))?.rows).toMatch(/^1,3,5,.*,1999$/)
  const parts = asked(all, filter, mapOf(scattered.repeat(10))) ?? []
  expect(parts.length).toBe(2)
  expect(parts.every(({ rows = '', where }) => rows.length <= 40_000 && where?.state === 'succeeded')).toBe(
    true,
  )
  const rows = parts.flatMap((part) => (part.rows ?? '').split(','))
  expect([rows.length, rows[0], rows.at(-1)]).toEqual([10_000, '1', '19999'])
})

it('names the rows that a text was found in, and no more of them than match by their turn', () => {
  const filter: Filter = { ...everything, verdicts: ['none'], text: 'key:LAMP*' }
  expect(askedOnce(all, filter, mapOf('+-+'))).toEqual({
    verdict: 'approved',
    rows: '1-3',
    where: { verdict: 'none' },
  })
  // none of its rows has a redo
  expect(asked(all, { ...filter, redos: ['there'] }, mapOf('+'))).toEqual([])
})

it('says where rows are too many that lie too far apart', () => {
  const filter: Filter = { ...everything, text: 'prompt:oak' }
  const list = Uint32Array.from({ length: 400_000 }, (_, at) => 2 * at + 1)
  const map = { ...mapOf(''), rows: 800_000 }
  expect(manyOf({ selection: all, filter, list, matching: list, map }, 'approved')).toBeUndefined()
})
