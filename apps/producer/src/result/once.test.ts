import { openOnce } from './once.ts'

describe('work that is done once', () => {
  it('is shared by all who ask for it meanwhile, and done again for whoever asks later', async () => {
    let times = 0
    const once = openOnce<number>(
      () => 0,
      () => 0,
    )
    const work = async () => (times += 1)
    expect(await Promise.all([once('a', work), once('a', work), once('b', work)])).toEqual([1, 1, 2])
    expect(await once('a', work)).toBe(3)
  })

  it('rests for a while where it came to nothing, and not where it broke', async () => {
    let [now, times] = [0, 0]
    const once = openOnce<number>(
      (outcome) => (outcome < 3 ? 100 : 0),
      () => now,
    )
    const work = async () => (times += 1)
    expect([await once('a', work), await once('a', work)]).toEqual([1, 1])
    now = 100
    expect([await once('a', work), await once('a', work)]).toEqual([2, 2])
    now = 200
    expect([await once('a', work), await once('a', work)]).toEqual([3, 4])
    await expect(once('b', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
    expect(await once('b', async () => 7)).toBe(7)
  })

  it('forgets the oldest that rest, so that no caller makes it grow', async () => {
    const once = openOnce<number>(
      () => 1_000,
      () => 0,
    )
    for (let i = 0; i < 5_001; i += 1) await once(String(i), async () => i)
    expect(await once('0', async () => -1)).toBe(-1)
    expect(await once('5000', async () => -1)).toBe(5_000)
  })
})
