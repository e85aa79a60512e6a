import { concerns, list, mostBatches, planOf, pollMs, statusOf } from './line-plan.ts'

const nobody = new Set<string>()
const batches = (count: number): string[] => Array.from({ length: count }, (_, i) => `b${i}`)

describe('what the line of a browser carries', () => {
  it('is what all tabs look at, each once', () => {
    expect(planOf(['a', list, 'a'], [], nobody)).toMatchObject({ on: ['a', list], over: [], isOther: true })
    expect(planOf(['a', list], [list, 'a'], nobody)).toMatchObject({ on: [list, 'a'], isOther: false })
    expect(planOf([], [], nobody)).toMatchObject({ on: [], isOther: false })
  })

  it('stays for a moment when a page is left, and goes when it is still left at the next look, or with another change', () => {
    const first = planOf(['a'], ['a', 'b'], nobody)
    expect(first).toMatchObject({ on: ['a', 'b'], isOther: false })
    expect(planOf(['a'], ['a', 'b'], first.idle)).toMatchObject({ on: ['a'], isOther: true })
    expect(planOf(['a', 'b'], ['a', 'b'], first.idle)).toMatchObject({ isOther: false, idle: nobody })
    expect(planOf(['a', 'c'], ['a', 'b'], nobody)).toMatchObject({ on: ['a', 'c'], isOther: true })
    expect(planOf([], ['a'], new Set(['a']))).toMatchObject({ on: [], isOther: true })
  })

  it('is no more than the producer takes: the first ones stay, and the list is none of them', () => {
    const many = batches(mostBatches + 2)
    const first = planOf([...many, list], [], nobody)
    expect(first.on).toEqual([...batches(mostBatches), list])
    expect(first.over).toEqual(many.slice(-2))
    expect(planOf([...many.toReversed(), list], first.on, nobody)).toMatchObject({
      on: first.on,
      isOther: false,
    })
    // one that leaves makes room at once
    expect(planOf([...many.slice(1), list], first.on, nobody)).toMatchObject({
      on: expect.arrayContaining([`b${mostBatches}`]),
      over: [`b${mostBatches + 1}`],
      isOther: true,
    })
  })
})

it('a page is live where the line carries all that it looks at, and says what it is else', () => {
  const line = { status: 'live', on: ['a', list], over: ['z'] } as const
  expect(statusOf([], line)).toBe('off')
  expect(statusOf(['a'], undefined)).toBe('opening')
  expect(statusOf(['a', list], line)).toBe('live')
  expect(statusOf(['new'], line)).toBe('opening')
  expect(statusOf(['z'], line)).toBe('off')
  expect(statusOf(['a'], { ...line, status: 'lost' })).toBe('lost')
})

it('a page hears what is of its batch, the list every batch and no map, and all that the line lives', () => {
  const map = { event: 'map', data: { batch: 'a', version: 1 } }
  const batch = { event: 'batch', data: { id: 'a' } }
  const ping = { event: 'ping', data: {} }
  const heardBy = (look: string) => [map, batch, ping].map((event) => concerns(event, look))
  expect(heardBy('a')).toEqual([true, true, true])
  expect(heardBy('b')).toEqual([false, false, true])
  expect(heardBy(list)).toEqual([false, true, true])
})

it('what no line tells is read every 15 s, and less often the longer that fails', () => {
  expect([0, 15_000, 30_000].map(pollMs)).toEqual([15_000, 15_000, 15_000])
  expect([60_000, 120_000, 900_000].map(pollMs)).toEqual([30_000, 60_000, 120_000])
})
