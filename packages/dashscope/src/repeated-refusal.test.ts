import { countRefusal, type RefusedQueries } from './repeated-refusal.ts'
import { answerOf, type Unanswered, unanswered } from './unanswered.ts'

const said = (status: number, body: object): Unanswered => {
  const answer = answerOf({ kind: 'answer', status, retryAfter: undefined, text: JSON.stringify(body) }, 0)
  if (answer.kind !== 'unanswered') throw new Error('answered')
  return answer
}
const refusal = said(400, { code: 'DataInspectionFailed', message: 'not allowed' })

/** What each of these queries comes to, `everyMs` apart. */
function run(answers: Unanswered[], everyMs = 20_000) {
  let refused: RefusedQueries | undefined
  return answers.map((answer, i) => {
    const verdict = countRefusal(refused, answer, i * everyMs)
    if (verdict.kind === 'askAgain') refused = verdict.refused
    return verdict.kind
  })
}

describe('a query that is refused for the input of its edit', () => {
  it('is asked again a few times, and then the edit ends with the words of the vendor', () => {
    expect(run([refusal, refusal, refusal, refusal, refusal])).toEqual([
      'askAgain',
      'askAgain',
      'askAgain',
      'askAgain',
      'fail',
    ])
    const before = { code: 'DataInspectionFailed', count: 4, since: 0 }
    expect(countRefusal(before, refusal, 60_000)).toEqual({
      kind: 'fail',
      failure: { code: 'DataInspectionFailed', message: 'not allowed' },
    })
  })

  it('is not the last word while it has lasted for seconds only', () => {
    expect(
      run(
        Array.from({ length: 9 }, () => refusal),
        1_000,
      ),
    ).not.toContain('fail')
  })

  it('stays counted when no answer came in between', () => {
    const nothing = unanswered('NoAnswer', 'reset')
    expect(run([refusal, nothing, refusal, refusal, nothing, refusal, refusal]).at(-1)).toBe('fail')
  })

  it('begins again with another code', () => {
    const other = said(400, { code: 'InvalidParameter', message: 'x' })
    expect(run([refusal, refusal, refusal, refusal, other, refusal])).not.toContain('fail')
  })

  it.each([
    ['a missing task', said(404, { code: 'NotFound' })],
    ['a limit', said(429, { code: 'Throttling' })],
    ['the account', said(400, { code: 'Arrearage' })],
    ['the key', said(401, { code: 'InvalidApiKey' })],
    ['a fault', said(500, { code: 'InvalidParameter' })],
    ['a code that nobody knows', said(400, { code: 'Brand.New' })],
    ['a page', said(400, {})],
  ])('is not taken for one over %s', (_, answer) => {
    expect(answer.refusedForGood).toBeUndefined()
    expect(run(Array.from({ length: 9 }, () => answer))).not.toContain('fail')
  })
})
