import { faultOfSecret, liveSecrets, newSecret, rotated } from './secrets.ts'

const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`

describe('a secret', () => {
  it('has 24 to 64 bytes behind its prefix', () => {
    expect([23, 24, 64, 65].map((bytes) => faultOfSecret(secret(bytes)) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(faultOfSecret(newSecret())).toBeUndefined()
    expect(newSecret()).not.toBe(newSecret())
  })

  it.each([
    '',
    'whsec_',
    `sk_${secret(32)}`,
    secret(32).replace('whsec_', ''),
    `${secret(32)}!`,
    `${secret(32)} `,
  ])('is not %s', (text) => expect(faultOfSecret(text)).toBe('must be whsec_ and base64 of 24 to 64 bytes'))

  it('signs beside its successor until its time is over', () => {
    const first = [{ secret: 'a' }]
    const both = rotated(first, 'b', { until: 1_000, now: 0 })
    expect(both).toEqual([{ secret: 'b' }, { secret: 'a', until: 1_000 }])
    expect(liveSecrets(both, 999)).toHaveLength(2)
    expect(liveSecrets(both, 1_000)).toEqual([{ secret: 'b' }])
  })

  it('signs no longer than was said first, and no more than three do', () => {
    const both = rotated([{ secret: 'a' }], 'b', { until: 1_000, now: 0 })
    const three = rotated(both, 'c', { until: 5_000, now: 500 })
    expect(three).toEqual([{ secret: 'c' }, { secret: 'b', until: 5_000 }, { secret: 'a', until: 1_000 }])
    expect(rotated(three, 'd', { until: 6_000, now: 600 }).map((each) => each.secret)).toEqual([
      'd',
      'c',
      'b',
    ])
  })

  it('stops at once where it is not kept', () =>
    expect(rotated([{ secret: 'a' }], 'b', { until: 5, now: 5 })).toEqual([{ secret: 'b' }]))
})
