import { compareRow, openComparison } from './compare-rows.ts'
import { openKnownRows } from './known-rows.ts'

const knownAs = (state: string, fingerprint?: string) => {
  const known = openKnownRows()
  known.add({ key: 'a', fingerprint, state, batch: 'b1' })
  return known.find('a')
}

describe('a row of a catalog', () => {
  it('whose key is new is done', () =>
    expect(compareRow(undefined, 'f', {})).toEqual({ verdict: 'new', isMeant: true }))

  it.each([
    ['succeeded', 'unchanged', false],
    ['failed', 'failed', true],
    ['canceled', 'canceled', true],
    ['unknown', 'unknown', false],
    ['queued', 'underWay', false],
    ['submitting', 'underWay', false],
    ['uncertain', 'underWay', false],
    ['review', 'underWay', false],
    ['running', 'underWay', false],
    ['rendered', 'underWay', false],
    ['a state of later', 'underWay', false],
  ] as const)('that asks for the same as one that is %s is %s', (state, verdict, isMeant) => {
    expect(compareRow(knownAs(state, 'f'), 'f', {})).toEqual({ verdict, isMeant, before: 'b1' })
    expect(compareRow(knownAs(state, 'f'), 'f', { all: true })).toMatchObject({ verdict, isMeant: true })
  })

  it.each(['succeeded', 'failed', 'running', 'unknown'])(
    'that asks for something else than one that is %s has changed',
    (state) => {
      expect(compareRow(knownAs(state, 'f'), 'g', {})).toMatchObject({ verdict: 'changed', isMeant: true })
      // nobody said what that one asked for
      expect(compareRow(knownAs(state), 'g', {})).toMatchObject({ verdict: 'changed', isMeant: true })
    },
  )

  it('is not done twice in a run that is continued, whatever became of it', () =>
    expect(compareRow(knownAs('failed', 'f'), 'g', { all: true, into: 'b1' })).toMatchObject({
      verdict: 'sent',
      isMeant: false,
    }))

  it('whose pictures were not looked at is not compared', () =>
    expect(compareRow(knownAs('failed', 'f'), undefined, {})).toMatchObject({
      verdict: 'notCompared',
      isMeant: false,
    }))
})

describe('what is known of a catalog', () => {
  it('is the first that is told of each key, for as many as there are', () => {
    const known = openKnownRows()
    for (let i = 0; i < 5_000; i += 1)
      known.add({
        key: `k${i}`,
        fingerprint: `f${i}`,
        state: i % 2 === 0 ? 'succeeded' : 'failed',
        batch: `b${i % 7}`,
      })
    known.add({ key: 'k9', fingerprint: 'later', state: 'queued', batch: 'old' })
    expect(known.size).toBe(5_000)
    expect(known.find('k9')).toEqual({ index: 9, print: expect.any(BigInt), state: 'failed', batch: 'b2' })
    const comparison = openComparison({ known })
    for (let i = 0; i < 5_000; i += 2) comparison.count(comparison.of(`k${i}`, `f${i}`))
    comparison.count(comparison.of('k1', 'f1'))
    comparison.count(comparison.of('k3', 'other'))
    comparison.count(comparison.of('other', 'f'))
    expect(comparison.close()).toMatchObject({ unchanged: 2_500, failed: 1, changed: 1, new: 1, gone: 2_498 })
  })
})
