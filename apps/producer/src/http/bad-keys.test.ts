import { openBadKeys } from './bad-keys.ts'

describe('keys that are not live', () => {
  it('are looked at sixty times a minute from one address, but for a key that worked', () => {
    let at = 0
    const badKeys = openBadKeys({ now: () => at })
    badKeys.noteLive('good')
    for (let i = 0; i < 60; i += 1) {
      expect(badKeys.refusalOf('1.2.3.4', 'bad')).toBeUndefined()
      badKeys.note('1.2.3.4')
    }
    expect(badKeys.refusalOf('1.2.3.4', 'bad')).toMatchObject({ code: 'too-many-requests', retryAfter: 60 })
    expect(badKeys.refusalOf('1.2.3.4', 'good')).toBeUndefined()
    expect(badKeys.refusalOf('4.3.2.1', 'bad')).toBeUndefined()
    at = 60_000
    expect(badKeys.refusalOf('1.2.3.4', 'bad')).toBeUndefined()
  })

  it('take no more memory than ten thousand addresses do', () => {
    const badKeys = openBadKeys({ perMinute: 1, now: () => 0 })
    for (let i = 0; i < 20_001; i += 1) badKeys.note(`10.0.0.${i}`)
    expect(badKeys.refusalOf('10.0.0.0', 'bad')).toBeUndefined()
    expect(badKeys.refusalOf('10.0.0.20000', 'bad')).toBeDefined()
  })
})
