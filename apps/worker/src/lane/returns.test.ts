import type { Returned, VendorSaid } from '@restyle/shared/contract/edit'
import { countReturn } from './returns.ts'

/** Counts one after the other; tells how often the edit went back, and after how long each time. */
function returns(...said: VendorSaid[]) {
  const waits: number[] = []
  let returned: Returned | undefined
  for (const each of said) {
    const verdict = countReturn(returned, each)
    if (verdict.kind === 'give up') return { waits, gaveUp: true }
    waits.push(verdict.inMs)
    returned = verdict.returned
  }
  return { waits, gaveUp: false }
}
const times = (count: number, said: VendorSaid) => Array.from({ length: count }, () => said)
const inner: VendorSaid = { cause: '5xx', code: 'Http500', message: 'no' }

describe('a submit that came to nothing', () => {
  it('is given up at the third time that the vendor says one code', () => {
    expect(returns(inner, inner)).toMatchObject({ gaveUp: false })
    expect(returns(inner, inner, inner)).toMatchObject({ gaveUp: true })
  })

  it('has more tries where the line was cut, and not without an end', () => {
    expect(returns(...times(9, { cause: 'reset' }))).toMatchObject({ gaveUp: false })
    expect(returns(...times(10, { cause: 'reset' }))).toMatchObject({ gaveUp: true })
  })

  it('is given up though its reasons take turns', () => {
    const turns = Array.from({ length: 10 }, (_, i): VendorSaid => (i % 2 === 0 ? inner : { cause: 'reset' }))
    expect(returns(...turns.slice(1))).toMatchObject({ gaveUp: false })
    expect(returns(...turns)).toMatchObject({ gaveUp: true })
  })

  it('has most tries where many edits met the same at a time: the lane is paused after each', () => {
    const met: VendorSaid = { ...inner, lane: true }
    expect(returns(...times(59, met))).toMatchObject({ gaveUp: false })
    expect(returns(...times(60, met))).toMatchObject({ gaveUp: true })
    expect(returns(inner, inner, met, inner, inner)).toMatchObject({ gaveUp: false })
  })

  it('goes back later each time, after those that wait because of it', () => {
    expect(returns(...times(3, { cause: 'reset' })).waits).toEqual([10_000, 20_000, 30_000])
  })
})
