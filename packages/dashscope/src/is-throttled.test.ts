import { isThrottled } from './is-throttled.ts'
import { submitOutcome } from './submit-outcome.ts'
import { answerOf } from './unanswered.ts'

const answer = (status: number, code?: string) => ({
  kind: 'answer' as const,
  status,
  text: JSON.stringify({ code, message: 'too much' }),
  retryAfter: undefined,
  date: undefined,
  cut: undefined,
})

describe('an answer', () => {
  it.each([
    [429, 'Throttling.RateQuota', true],
    [429, 'Throttling.AllocationQuota', true],
    [429, undefined, true],
    [400, 'Throttling', true],
    // the account is at fault: the lane pauses
    [429, 'PrepaidBillOverdue', false],
    [400, 'InvalidParameter', false],
    [500, 'InternalError', false],
  ])('of HTTP %s with %s throttles: %s', (status, code, throttles) => {
    const outcome = submitOutcome(answer(status, code), 0)
    expect(outcome.kind === 'refused' && isThrottled(outcome)).toBe(throttles)
    const asked = answerOf(answer(status, code), 0)
    expect(asked.kind === 'unanswered' && isThrottled(asked)).toBe(throttles)
  })

  it('that never came does not', () => {
    const nothing = { kind: 'nothing', sent: false, cause: 'closed', detail: 'no route' } as const
    const outcome = submitOutcome(nothing, 0)
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent' })
    expect(outcome.kind === 'refused' && isThrottled(outcome)).toBe(false)
  })
})
