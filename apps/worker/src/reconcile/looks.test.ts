import type { Looks } from '@restyle/shared/contract/edit'
import { countLook, type Untold, untoldOf } from './looks.ts'

const minute = 60_000
const since = 1_800_000_000_000

/** Looks as often as is said, and tells when it was alarmed and when the edit was held. */
function look(why: Untold, forMs: number) {
  const alarms: number[] = []
  let looks: Looks | undefined
  for (let now = since, times = 1; now <= since + forMs; times += 1) {
    const verdict = countLook(looks, why, now)
    if (verdict.kind === 'hold') return { heldAfterMs: now - since, times, alarms }
    if (verdict.alarms) alarms.push(now - since)
    looks = verdict.looks
    now += verdict.inMs
  }
  return { heldAfterMs: undefined, alarms }
}

describe('looks that tell nothing', () => {
  it.each([
    ['refused', 10],
    ['unreachable', 10],
    ['account', 180],
  ] as const)(
    'because they are answered "%s" end after %i minutes, with one alarm before',
    (why, minutes) => {
      const { heldAfterMs = 0, alarms } = look(why, 24 * 60 * minute)
      expect(heldAfterMs).toBeGreaterThanOrEqual(minutes * minute)
      expect(heldAfterMs).toBeLessThan((minutes + 2) * minute)
      expect(alarms).toHaveLength(1)
      expect(alarms[0]).toBeLessThan(2 * minute)
    },
  )

  it('because nobody answers go on until the submit is too old, with one alarm', () => {
    const { heldAfterMs, alarms } = look('silent', 20 * 60 * minute)
    expect(heldAfterMs).toBeUndefined()
    expect(alarms).toHaveLength(1)
    expect(alarms[0]).toBeGreaterThanOrEqual(10 * minute)
  })

  it('are few within minutes, and never less than one a minute', () => {
    expect(countLook(undefined, 'refused', since)).toMatchObject({ inMs: 2_000 })
    const looks = { why: 'refused', times: 9, since }
    expect(countLook(looks, 'refused', since + 1)).toMatchObject({ kind: 'again', inMs: 60_000 })
  })

  it('are counted anew when the reason changes', () => {
    const looks = { why: 'silent', times: 50, since: since - 60 * minute }
    expect(countLook(looks, 'refused', since)).toMatchObject({ looks: { why: 'refused', times: 1, since } })
  })
})

describe('why a look told nothing', () => {
  it.each([
    ['pauseLane', 'AccessDenied', 'account'],
    ['refused', 'InvalidParameter', 'refused'],
    ['retryLater', 'Garbled', 'refused'],
    ['retryLater', 'NoAnswer', 'silent'],
    ['retryLater', 'Throttling', 'silent'],
  ] as const)('is read from %s %s as %s', (action, code, untold) => {
    expect(untoldOf({ action, code })).toBe(untold)
  })
})
