import { failpoints } from '@restyle/worker/hand/failpoints'
import { leaksIn } from '../../src/chaos/gather.ts'
import { canaries } from '../../src/chaos/arena.ts'
import { faultNames } from '../../src/chaos/fault-names.ts'
import type { Entry, Place } from '../../src/chaos/history.ts'
import { guards } from '../../src/chaos/breaks.ts'
import { producerPoints } from '../../src/chaos/producer-points.ts'
import { planSeed } from '../../src/chaos/plan.ts'
import { percentile, recoveryTimes } from '../../src/chaos/recovery.ts'

const seeds = Array.from({ length: 20 }, (_, i) => i + 1)

describe('a plan', () => {
  it('is the same for the same seed and another for the next', () => {
    expect(planSeed(7)).toEqual(planSeed(7))
    expect(planSeed(7).calls).not.toEqual(planSeed(8).calls)
  })

  it('brings every fault and a kill at every point within 20 seeds', () => {
    const plans = seeds.map((seed) => planSeed(seed))
    const faults = new Set(plans.flatMap(({ strikes }) => strikes.map(({ fault }) => fault)))
    const kills = new Set(
      plans.flatMap(({ ambushes }) => ambushes.flatMap(({ point, deed }) => (deed === 'kill' ? point : []))),
    )
    expect([...faults].toSorted()).toEqual([...faultNames].toSorted())
    const evictions = new Set(plans.flatMap((plan) => plan.evictions.map(({ point }) => point)))
    expect([...evictions].toSorted()).toEqual([...producerPoints].toSorted())
    expect([...kills].toSorted()).toEqual([...failpoints, 'event-answered'].toSorted())
    expect(new Set(plans.map(({ rewind }) => rewind))).toEqual(new Set(['before', 'after', 'no']))
    expect(plans.flatMap(({ trap }) => [...trap.ambushes, ...trap.strikes])).toEqual([])
  })

  it('restarts all workers with other variables once a seed at most, and never without receipts on a Redis that forgets', () => {
    const restarting = ['receipts-switched', 'lane-moved', 'lane-renamed']
    const plans = faultNames.map((_, i) => planSeed(i + 1))
    const faultsOf = ({ strikes }: (typeof plans)[number]) => strikes.map(({ fault }) => fault)
    const restarts = plans.map((plan) => faultsOf(plan).filter((fault) => restarting.includes(fault)).length)
    expect(Math.max(...restarts)).toBe(1)
    const withoutReceipts = plans.filter((plan) => faultsOf(plan).includes('receipts-switched'))
    expect(new Set(withoutReceipts.map(({ rewind }) => rewind))).toEqual(new Set(['no']))
    expect(withoutReceipts.flatMap(faultsOf)).not.toContain('redis-restored')
  })

  it('has edits in pairs of one prompt, each with a source of its own, where claims are taken out', () => {
    const prompts = planSeed(1, 'swap-claims').calls.flatMap((call) =>
      call.prompts.map(({ prompt }) => prompt),
    )
    const times = [...Map.groupBy(prompts, (prompt) => prompt).values()].map(({ length }) => length)
    expect(prompts.length).toBeGreaterThanOrEqual(20)
    expect(new Set(times.slice(0, -1))).toEqual(new Set([2]))
  })

  it.each(guards)('brings in every seed what "%s" would let through', (guard) => {
    for (const { trap, rewind, calls, steers } of seeds.map((seed) => planSeed(seed, guard))) {
      const crowd = guard === 'no-fair' && calls.some(({ prompts }) => prompts.length > 50)
      const canceled = steers.filter(({ point }) => point === 'recorded').length > 5
      const trapped = trap.ambushes.length + trap.strikes.length > 0
      expect(trapped || rewind === 'after' || crowd || canceled).toBe(true)
    }
  })
})

describe('the time from a kill to the next step', () => {
  const point = (at: number, pid: number, editId: string, name: Place, deed?: 'kill'): Entry => ({
    at,
    what: 'point',
    point: name,
    editId,
    pid,
    ...(deed && { deed }),
  })

  it('is measured for each edit that the killed worker held, up to whoever goes on with it', () => {
    const entries: Entry[] = [
      point(0, 1, 'held', 'taken'),
      point(1, 1, 'done', 'taken'),
      point(2, 1, 'done', 'stepped'),
      point(3, 1, 'a batch', 'rows-rest'),
      point(10, 1, 'struck', 'stepped', 'kill'),
      { at: 10, what: 'killed', pid: 1 },
      point(110, 2, 'held', 'taken'),
      point(150, 2, 'done', 'taken'),
      point(310, 2, 'struck', 'taken'),
      point(400, 2, 'held', 'asked'),
      point(500, 3, 'a batch', 'rows-rest'),
    ]
    expect(recoveryTimes(entries)).toEqual([100, 300])
  })

  it('is summed up by percentiles', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([percentile(numbers, 0.5), percentile(numbers, 0.95), percentile([], 0.5)]).toEqual([50, 95, 0])
  })
})

it('finds a secret in a log and does not repeat it', () => {
  const leaks = leaksIn(
    `{"msg":"fine"}\n{"key":"${canaries.dashscope}"}\n{"url":"X-Amz-Signature=[redacted]"}`,
  )
  expect(leaks).toHaveLength(1)
  expect(leaks.join()).not.toContain(canaries.dashscope)
})
