import { candidatesOf, imagesWords, madeWords, phaseWords } from './evidence.ts'

describe('how far a submit was', () => {
  it.each([
    [{ cause: 'reset' }, 'sent; the connection was reset before an answer came'],
    [
      { cause: '5xx', code: 'Http502', message: 'bad gateway' },
      'sent and answered with an error of the server (Http502: bad gateway)',
    ],
    [{ cause: 'something new' }, 'something new'],
    [undefined, 'not known: the ledger has no word of it'],
  ])('of %j is: %s', (answered, words) => {
    expect(phaseWords(answered === undefined ? {} : { answered }, undefined)).toBe(words)
  })

  it('is the task that it has, where it has one', () => {
    expect(phaseWords({ answered: { cause: 'reset' } }, 't-1')).toBe('sent and answered with task t-1')
  })
})

it('says when a task was made beside the submit, and where that cannot be', () => {
  const submit = { intendedAt: '2026-03-02T21:00:00.000Z', leaseUntil: '2026-03-02T21:00:30.000Z' }
  const at = (submittedAt: string) => madeWords({ submittedAt }, submit)
  expect(at('2026-03-02T21:00:00.400Z')).toBe('as the submit began')
  expect(at('2026-03-02T21:00:03.000Z')).toBe('3 s after the submit began')
  expect(at('2026-03-02T20:58:00.000Z')).toBe('2 min before the submit began')
  expect(at('2026-03-02T21:00:31.000Z')).toBe(
    '31 s after the submit began, when it could not be sent any more',
  )
  expect(madeWords({}, submit)).toBeUndefined()
  expect(madeWords({ submittedAt: submit.intendedAt }, {})).toBeUndefined()
})

it('keeps candidates in their order, and one that was not looked at', () => {
  const told = { taskId: 'b', state: 'succeeded', images: 1, echo: 'same' as const }
  expect(candidatesOf({ candidates: ['a', 'b'], tasks: [told] })).toEqual([
    { taskId: 'a', told: undefined },
    { taskId: 'b', told },
  ])
  expect([imagesWords(1, 2), imagesWords(0, 1)]).toEqual(['1 image of 2', '0 images of 1'])
})
