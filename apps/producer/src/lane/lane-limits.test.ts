import type { LaneNow } from '@restyle/shared/ledger/lane-figures'
import { type LimitFacts, queryLimit, submitLimit } from './lane-limits.ts'

const now = 1_000_000
const figures: LaneNow = {
  workers: 1,
  queriesPerSecond: 4,
  queryPerSecond: 20,
  throttled: { submits: 1, queries: 0, since: 0, last: { code: 'Throttling.RateQuota', at: now } },
  copiesBehind: 100,
}
const holds = { submitAt: now + 204, queryAt: now + 170, rendered: 99, inDoubt: false }
const pause = { code: 'Arrearage', message: 'overdue', since: 1 }
const facts = (more: Partial<LimitFacts> = {}): LimitFacts => ({
  now,
  submitPerSecond: 5,
  echoesPrompt: true,
  served: 'asks',
  isStopped: false,
  pause: undefined,
  bucketPause: undefined,
  holds,
  figures,
  ...more,
})

describe('the limit of a lane', () => {
  it('is what is configured while nothing holds it', () => {
    expect(submitLimit(facts())).toEqual({ perSecond: 5, configured: 5 })
    expect(queryLimit(facts())).toEqual({ perSecond: 20, configured: 20 })
    // of an older worker nothing more is known
    expect(submitLimit(facts({ figures: undefined }))).toEqual({ perSecond: 5, configured: 5 })
    expect(queryLimit(facts({ figures: undefined }))).toBeUndefined()
  })

  it.each([
    ['no-worker', { served: undefined }, 'No worker runs'],
    ['person', { isStopped: true }, 'A person'],
    ['vendor', { pause }, 'Arrearage'],
    ['bucket', { bucketPause: pause }, 'refuses us'],
    ['bucket', { served: 'bucket' as const }, 'doctor'],
    ['copies', { holds: { ...holds, rendered: 100 } }, '100 rendered edits'],
    ['uncertain', { holds: { ...holds, inDoubt: true }, echoesPrompt: false }, 'looked up'],
    ['throttled', { holds: { ...holds, submitAt: now + 9_000 } }, 'Throttling.RateQuota'],
  ])('is nothing where %s holds it, and says so', (code, more, words) => {
    const { perSecond, because } = submitLimit(facts(more))
    expect([perSecond, because?.code]).toEqual([0, code])
    expect(because?.detail).toContain(words)
  })

  it('names what a person can change before what ends by itself', () => {
    const all = { served: 'asks' as const, isStopped: true, pause, bucketPause: pause }
    expect(submitLimit(facts(all)).because?.code).toBe('person')
    expect(submitLimit(facts({ ...all, isStopped: false })).because?.code).toBe('vendor')
  })

  it('stays where only the edits like an uncertain one are held back', () => {
    expect(submitLimit(facts({ holds: { ...holds, inDoubt: true } })).perSecond).toBe(5)
  })

  it('is back when the quiet that the vendor asked for is over', () => {
    const quiet = { ...holds, submitAt: now + 9_000, queryAt: now + 4_000 }
    expect(submitLimit(facts({ holds: quiet })).because?.until).toBe(now + 9_000)
    expect(queryLimit(facts({ holds: quiet }))).toMatchObject({
      perSecond: 0,
      because: { until: now + 4_000 },
    })
    expect(submitLimit(facts({ holds: quiet, now: now + 9_000 }))).not.toHaveProperty('because')
  })

  it('is not taken for quiet where the lane submits but once in ten seconds', () => {
    const slow = { submitPerSecond: 0.1, holds: { ...holds, submitAt: now + 10_200 } }
    expect(submitLimit(facts(slow))).not.toHaveProperty('because')
  })
})
