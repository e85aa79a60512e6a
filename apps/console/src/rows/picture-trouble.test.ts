import { troubleOf } from './picture-trouble.ts'

const once = { failures: 1, waits: 1 }
const refusal = (status: number | undefined, retryAfterMs?: number) => ({
  status,
  message: 'It is gone.',
  retryAfterMs,
})

it('waits as long as the producer asks for, and no longer than a minute', () => {
  expect(troubleOf(refusal(429, 5_000), once)).toEqual({ kind: 'wait', ms: 5_000 })
  expect(troubleOf(refusal(503), once)).toEqual({ kind: 'wait', ms: 1_500 })
  expect(troubleOf(refusal(429, 900_000), once)).toEqual({ kind: 'wait', ms: 60_000 })
})

it('does not wait for ever', () => {
  expect(troubleOf(refusal(429), { failures: 0, waits: 6 })).toEqual({ kind: 'broken', why: 'It is gone.' })
})

it('tries once more where it can be had after all, or there was no answer', () => {
  expect(troubleOf(undefined, once)).toEqual({ kind: 'again', ms: 0 })
  expect(troubleOf(refusal(undefined), once)).toEqual({ kind: 'again', ms: 1_500 })
  expect(troubleOf(undefined, { failures: 2, waits: 0 })).toEqual({
    kind: 'broken',
    why: 'It is no picture that this browser reads.',
  })
  expect(troubleOf(refusal(undefined), { failures: 2, waits: 0 })).toMatchObject({ kind: 'broken' })
})

it('says why a picture is not there', () => {
  for (const status of [404, 410, 500])
    expect(troubleOf(refusal(status), once)).toEqual({ kind: 'broken', why: 'It is gone.' })
})
