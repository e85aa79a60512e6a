import { type Queue, turnOf } from './turn.ts'

const rows = (count: number, n = 1) => ({ rows: count, images: count * n })
const none = rows(0)
const queue = (more: Partial<Queue>): Queue => ({
  class: 'standard',
  mine: rows(100),
  before: none,
  weight: 1,
  beside: none,
  others: [],
  ...more,
})

describe('how many edits go before the last of mine', () => {
  it('is as many as I have where nobody else waits', () => {
    expect(turnOf(queue({}))).toEqual({ before: 0, total: 100, share: 1, n: 1 })
  })

  it('counts what my producer enqueued before', () => {
    expect(turnOf(queue({ before: rows(50) }))).toMatchObject({ before: 50, total: 150 })
  })

  it('gives another producer its share and no more, however much it has', () => {
    const others = [{ weight: 1, usual: rows(100_000), bulk: none }]
    expect(turnOf(queue({ others }))).toMatchObject({ total: 200, share: 0.5 })
    expect(turnOf(queue({ others, weight: 4 }))).toMatchObject({ total: 125, share: 0.8 })
  })

  it('gives another producer no more than it has', () => {
    const others = [{ weight: 1, usual: rows(30), bulk: none }]
    expect(turnOf(queue({ others }))).toMatchObject({ total: 130, share: 1 })
  })

  it('shares images and not edits', () => {
    const others = [{ weight: 1, usual: rows(1_000, 4), bulk: none }]
    expect(turnOf(queue({ others })).total).toBe(125)
  })

  it('gives the bulk of others one image of ten', () => {
    const others = [{ weight: 1, usual: none, bulk: rows(1_000) }]
    expect(turnOf(queue({ mine: rows(90), others }))).toMatchObject({ total: 100, share: 0.9 })
  })

  it('lets bulk of mine have one image of ten while others wait, and all when they have none left', () => {
    const others = [{ weight: 1, usual: rows(10_000), bulk: none }]
    expect(turnOf(queue({ class: 'bulk', others }))).toMatchObject({ total: 1_000, share: 0.1 })
    const few = [{ weight: 1, usual: rows(90), bulk: none }]
    expect(turnOf(queue({ class: 'bulk', others: few }))).toMatchObject({ total: 190, share: 1 })
  })

  it('counts my own other edits beside my bulk', () => {
    expect(turnOf(queue({ class: 'bulk', mine: rows(10), beside: rows(500) })).total).toBe(100)
  })

  it('lets a few interactive edits go before everybody', () => {
    const others = [{ weight: 1, usual: rows(1_000), bulk: none }]
    expect(turnOf(queue({ class: 'interactive', mine: rows(5), others })).total).toBe(5)
    expect(turnOf(queue({ class: 'interactive', mine: rows(50), others })).total).toBe(80)
  })
})
