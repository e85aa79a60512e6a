import type { TurnedAway } from '@restyle/shared/contract/edit'
import { countTurn } from './count-turn.ts'

const minute = 60_000
const start = 1_800_000_000_000

/** Turned away every 10 minutes; `passes` says when the lane last took another edit. Gives what the counts came to. */
function turns(count: number, passes: (now: number) => number | undefined) {
  let before: TurnedAway | undefined
  const alarms: number[] = []
  for (let i = 0; i < count; i += 1) {
    const now = start + i * 10 * minute
    const verdict = countTurn(before, now, passes(now))
    before = verdict.turnedAway
    if (verdict.kind === 'give up') return { gaveUpAfter: i, alarms }
    if (verdict.alarms) alarms.push(i)
  }
  return { before, alarms }
}

describe('an edit whose submit does not come about', () => {
  it('ends after a day in which its lane took others, with one alarm before', () => {
    expect(turns(1_000, (now) => now - 1)).toEqual({ gaveUpAfter: 144, alarms: [20] })
  })

  it('waits for as long as its lane takes nothing, and that time does not count afterwards', () => {
    const silent = turns(1_000, () => start - 1)
    expect(silent).toEqual({ before: { times: 0, overMs: 0, lastAt: expect.any(Number) }, alarms: [] })
    expect(turns(1_000, () => undefined)).toEqual(silent)
    const { before } = silent
    const now = (before?.lastAt ?? 0) + minute
    expect(countTurn(before, now, now - 1)).toMatchObject({
      kind: 'again',
      turnedAway: { times: 1, overMs: minute },
    })
  })

  it('comes back later each time, to let others pass', () => {
    const waits = [0, 1, 3, 60].map((times) => {
      const verdict = countTurn({ times, overMs: 0, lastAt: start }, start + 1, start)
      return verdict.kind === 'again' && verdict.inMs
    })
    expect(waits).toEqual([1_000, 2_000, 8_000, 60_000])
  })
})
