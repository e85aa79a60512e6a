import { everyoneGetsItsShare, turnsOf } from '../../src/chaos/check-fair.ts'
import type { Turn } from '../../src/chaos/facts.ts'
import type { Entry } from '../../src/chaos/history.ts'
import type { AckedEdit } from '../../src/chaos/producers.ts'

const turn = (producer: string, admittedAt: number, more: Partial<Turn> = {}): Turn => ({
  producer,
  images: 1,
  free: true,
  ackedAt: 0,
  admittedAt: [admittedAt],
  ...more,
})

/** So many of a producer, one after the other from `from` on, `every` ms. */
const many = (producer: string, count: number, from: number, every: number, more: Partial<Turn> = {}) =>
  Array.from({ length: count }, (_, i) => turn(producer, from + i * every, more))

const faults = (turns: Turn[], ...struck: ('redis-rewind' | 'redis-restored' | 'worker-kill')[]) =>
  everyoneGetsItsShare({ turns, struck: new Set(struck) }).map(({ invariant }) => invariant)

describe('the share of two producers who wait', () => {
  const oneAfterTheOther = [...many('north', 40, 1, 1), ...many('south', 20, 50, 1)]

  it('is broken where the first to come is served first', () => {
    expect(faults(oneAfterTheOther)).toEqual(['I9'])
    expect(everyoneGetsItsShare({ turns: oneAfterTheOther, struck: new Set() })[0]?.what).toBe(
      'while both had edits waiting, one producer got 35 images more than the other; at most 16 are right',
    )
  })

  it('is kept where they take turns, however many one has', () => {
    expect(faults([...many('north', 200, 1, 2), ...many('south', 20, 2, 2)])).toEqual([])
  })

  it('counts images', () => {
    const twos = many('north', 16, 1, 2, { images: 2 })
    expect(faults([...twos, ...many('south', 22, 2, 2)])).toEqual([])
    expect(faults([...many('north', 24, 1, 2, { images: 2 }), ...many('south', 30, 2, 2)])).toEqual(['I9'])
  })

  it('is asked only while both have edits that nothing else holds back', () => {
    const [first] = oneAfterTheOther
    expect(first?.producer).toBe('north')
    const held = oneAfterTheOther.map((each) => (each.producer === 'south' ? { ...each, free: false } : each))
    expect(faults(held)).toEqual([])
    const late = oneAfterTheOther.map((each) => (each.producer === 'south' ? { ...each, ackedAt: 45 } : each))
    expect(faults(late)).toEqual([])
  })

  it('counts rows of a batch as waiting from the admission of the first', () => {
    const rested = oneAfterTheOther.map((each) =>
      each.producer === 'south' ? { ...each, batch: 'b' } : each,
    )
    expect(faults(rested)).toEqual([])
    const fed = oneAfterTheOther.map((each) => (each.producer === 'north' ? { ...each, batch: 'b' } : each))
    expect(faults(fed)).toEqual(['I9'])
  })

  it('may differ by as many images as came back', () => {
    const back = oneAfterTheOther.map((each, i) =>
      i < 19 ? { ...each, admittedAt: [i + 1, 100 + i] } : each,
    )
    expect(faults(back)).toEqual([])
  })

  it('is not known to a Redis that forgets', () => {
    expect(faults(oneAfterTheOther, 'redis-rewind')).toEqual([])
    expect(faults(oneAfterTheOther, 'redis-restored')).toEqual([])
    expect(faults(oneAfterTheOther, 'worker-kill')).toEqual(['I9'])
  })
})

it('turns are read from the history: who was acknowledged, and each admission', () => {
  const edit = (id: string, prompt: string, url: string): AckedEdit => ({
    id,
    producer: 'north',
    url,
    n: 2,
    origin: { prompt, sources: [] },
  })
  const acked = [
    edit('a', 'one', 'http://x/a'),
    edit('b', 'two', 's3://x/b'),
    edit('c', 'both', 'http://x/c'),
  ]
  const entries: Entry[] = [
    { at: 1, what: 'acked', editId: 'a', producer: 'north', url: 'http://x/a' },
    { at: 2, what: 'point', point: 'admitted', editId: 'a', pid: 1 },
    { at: 3, what: 'point', point: 'answered', editId: 'a', pid: 1 },
    { at: 4, what: 'point', point: 'admitted', editId: 'a', pid: 1 },
    { at: 5, what: 'point', point: 'admitted', editId: 'of an earlier seed', pid: 1 },
  ]
  const turns = turnsOf(entries, [...acked, { ...edit('d', 'both', 'http://x/d'), batch: 'e' }])
  const common = { producer: 'north', images: 2, ackedAt: Infinity, admittedAt: [] }
  expect(turns).toEqual([
    { ...common, free: true, ackedAt: 1, admittedAt: [2, 4] },
    { ...common, free: false },
    { ...common, free: false },
    { ...common, free: false, batch: 'e' },
  ])
})
