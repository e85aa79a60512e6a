import { unanswered } from '@restyle/dashscope/unanswered'
import { lookAtLane } from './look-at-lane.ts'

const look = (answer: Parameters<typeof lookAtLane>[1]) =>
  lookAtLane({ name: 'beijing', model: 'wan2.7-image', region: 'beijing' }, answer)
const refusal = (code: string, action: 'pauseLane' | 'refused' | 'retryLater', httpStatus: number) =>
  look({ kind: 'unanswered', code, message: 'no', httpStatus, action })

describe('a look at a lane', () => {
  it('finds nothing to say where its list is shown', () => {
    expect(look({ kind: 'page', items: [], total: 0, totalPages: 0, page: 1 })).toMatchObject({
      what: 'lane beijing',
      verdict: 'ok',
    })
  })

  it.each([
    ['whose account is refused', refusal('Arrearage', 'pauseLane', 400), 'refuse', /: pay the bill/],
    ['that is not there', refusal('NotFound', 'refused', 404), 'refuse', /: check the lane's address/],
    ['that takes the question for wrong', refusal('Strange', 'refused', 400), 'refuse', /: check the lane's/],
    ['behind which somebody else answers', look(unanswered('Garbled', 'no', 200)), 'refuse', /: check/],
    ['that knows no such question', refusal('NotImplemented', 'retryLater', 501), 'refuse', /: check the/],
    ['that redirects', look(unanswered('Redirected', 'no', 301)), 'refuse', /: check the lane's address/],
    ['that cannot be reached', look(unanswered('NoAnswer', 'reset')), 'away', /reset: look at .* proxies/],
    ['that throttles', refusal('Throttling', 'retryLater', 429), 'warn', /run this again/],
  ])('says of one %s what to change', (_, finding, verdict, says) => {
    expect(finding).toMatchObject({ verdict, says: expect.stringMatching(says) as string })
  })
})
