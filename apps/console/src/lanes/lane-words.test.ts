import type { Lane } from '@restyle/client/types'
import { doesOf, heldBy, lagWords, priceOf, queriesOf, submitsOf, throttledOf } from './lane-words.ts'

const at = Date.parse('2026-03-02T21:40:10Z')
const ten = { perSecond: 5, configured: 5 }
const because = { code: 'throttled' as const, detail: 'Enough.', until: '2026-03-02T21:40:31.500Z' }
const now = (more: Partial<NonNullable<Lane['now']>> = {}): NonNullable<Lane['now']> => ({
  workers: 1,
  queriesPerSecond: 4.23,
  throttled: { submits: 0, queries: 0, since: '2026-03-02T20:40:10Z' },
  ...more,
})
const lane = (more: Partial<Lane> = {}): Lane => ({
  name: 'cn',
  id: 'one',
  model: 'wan2.5-i2i-preview',
  region: 'beijing',
  running: 2,
  slots: 5,
  submitPerSecond: 5,
  pauses: [],
  limits: { submits: ten, queries: { perSecond: 20, configured: 20 } },
  now: now(),
  ...more,
})

describe('a lane', () => {
  it('says what goes, and why where that is less than it may be', () => {
    expect(submitsOf(lane())).toMatchObject({ words: '5' })
    const held = submitsOf(lane({ limits: { submits: { perSecond: 0, configured: 5, because } } }))
    expect(held).toMatchObject({ words: '0 of 5', bad: true })
    expect(held.meaning).toContain('Enough.')
  })

  it('says how much it asks, and of what the account may ask', () => {
    expect(queriesOf(lane()).words).toBe('4.2 of 20')
    expect(queriesOf(lane({ now: now({ queriesPerSecond: 13.6 }) })).words).toBe('14 of 20')
    const quiet = { submits: ten, queries: { perSecond: 0, configured: 20, because } }
    expect(queriesOf(lane({ limits: quiet }))).toMatchObject({ words: '4.2 of 20, none now', bad: true })
  })

  it('says how often it was throttled, over which time, and when last', () => {
    expect(throttledOf(lane(), at).words).toBe('none in the last hour')
    const last = { at: '2026-03-02T21:38:10Z', code: 'Throttling.RateQuota' }
    const throttled = { submits: 1, queries: 3, since: '2026-03-02T21:28:10Z', last }
    const told = throttledOf(lane({ now: now({ throttled }) }), at)
    expect(told).toMatchObject({ words: '4 in the last 12 min, the last 2 min ago', bad: true })
    expect(told.meaning).toContain('1 submit, 3 questions. The last one: Throttling.RateQuota.')
  })

  it('says how late ends were seen', () => {
    expect(lagWords(lane()).words).toBe('no end seen yet')
    const told = lagWords(lane({ now: now({ lag: { tasks: 50, p50Ms: 540, p95Ms: 1_180 } }) }))
    expect(told.words).toBe('0.5 s, 1.2 s')
    expect(told.meaning).toContain('last 50 tasks')
  })

  it('says what an image costs, and who says so', () => {
    const price = { currency: 'CNY' as const, micros: 200_000, source: 'models' as const }
    expect(priceOf(lane({ price }))).toMatchObject({
      words: '¥0.20',
      meaning: expect.stringContaining('table of models'),
    })
    const own = { ...price, currency: 'USD' as const, source: 'lane' as const }
    expect(priceOf(lane({ price: own }))).toMatchObject({
      words: '$0.20',
      meaning: expect.stringContaining('set for this lane'),
    })
  })

  it('says of nothing more than is known', () => {
    const { now: _, ...silent } = lane({ limits: { submits: ten } })
    for (const told of [queriesOf(silent), throttledOf(silent, at), lagWords(silent), priceOf(silent)])
      expect(told.words).toBe('not known')
  })

  it('says what holds it, and not a second time what a pause says', () => {
    const by = (code: typeof because.code | 'person' | 'copies') =>
      lane({ limits: { submits: { ...ten, perSecond: 0, because: { ...because, code } } } })
    expect(heldBy(lane(), at, 'UTC')).toBeUndefined()
    expect(heldBy(by('person'), at, 'UTC')).toBeUndefined()
    expect(heldBy(by('throttled'), at, 'UTC')).toBe('Enough. Until 21:40:31.')
    expect(heldBy(by('throttled'), at, 'Asia/Shanghai')).toBe('Enough. Until 05:40:31.')
  })

  it('says what it does', () => {
    expect([0, 2, 5].map((running) => doesOf({ running, slots: 5 }))).toEqual([
      'ready, nothing runs',
      'works',
      'works, every slot is in use',
    ])
  })
})
