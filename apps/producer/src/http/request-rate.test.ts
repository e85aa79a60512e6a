import { openRates } from './request-rate.ts'

/** A counter that many processes share, as Redis keeps it; `rate` is the producer's own limit. */
function shared({ rate }: { rate?: number } = {}) {
  const state = { used: 0, until: 0, asked: 0, away: false, rate, at: 0 }
  const exec = (want: number) => async () => {
    state.asked += 1
    await Promise.resolve()
    if (state.away) throw new Error('redis is away')
    if (state.at >= state.until) Object.assign(state, { used: 0, until: state.at + 60_000 })
    state.used += want
    return [
      [null, state.rate === undefined ? null : String(state.rate)],
      [null, state.used],
      [null, 1],
      [null, state.until - state.at],
    ]
  }
  const multi = () => {
    let want = 0
    const chain = {
      hget: () => chain,
      incrby: (_key: string, by: number) => {
        want = by
        return chain
      },
      pexpire: () => chain,
      pttl: () => chain,
      exec: () => exec(want)(),
    }
    return chain
  }
  const open = (perMinute = 0) =>
    openRates({
      redis: { multi } as unknown as Parameters<typeof openRates>[0]['redis'],
      prefix: '{t}',
      perMinute,
      now: () => state.at,
    })
  return { state, open }
}

describe('the rate of a producer', () => {
  it('lets through exactly its limit, over three processes that ask at the same time', async () => {
    for (const rate of [1, 7, 60, 1_000, 2_500]) {
      const { state, open } = shared({ rate })
      const processes = [open(), open(), open()]
      const taken = await Promise.all(
        Array.from({ length: 3 * rate + 30 }, async (_, i) => processes[i % 3]?.take('p')),
      )
      const through = taken.filter((each) => each?.ok === true).length
      expect(through).toBeLessThanOrEqual(rate)
      // each process may hold a hundredth that it did not hand out
      expect(through).toBeGreaterThanOrEqual(rate - 3 * Math.ceil(rate / 100))
      expect(state.asked).toBeLessThan(150 + taken.length / 10)
    }
  })

  it('asks Redis for one request of a hundred', async () => {
    const { state, open } = shared({ rate: 10_000 })
    const rates = open()
    for (let i = 0; i < 5_000; i += 1) await rates.take('p')
    expect(state.asked).toBeLessThanOrEqual(52)
  })

  it('says what is left, and when the minute ends', async () => {
    const { state, open } = shared({ rate: 3 })
    const rates = open()
    expect(await rates.take('p')).toEqual({ ok: true, limit: 3, left: 2, resetMs: 60_000 })
    state.at = 10_000
    expect(await rates.take('p')).toEqual({ ok: true, limit: 3, left: 1, resetMs: 50_000 })
    expect(await rates.take('p')).toMatchObject({ ok: true, left: 0 })
    expect(await rates.take('p')).toEqual({ ok: false, limit: 3, left: 0, resetMs: 50_000 })
    state.at = 60_000
    expect(await rates.take('p')).toMatchObject({ ok: true, left: 2 })
  })

  it('asks nobody again for a while when nothing is left, and then hears of a raised limit', async () => {
    const { state, open } = shared({ rate: 1 })
    const rates = open()
    await rates.take('p')
    expect(await rates.take('p')).toMatchObject({ ok: false })
    const { asked } = state
    state.rate = 100
    for (let i = 0; i < 1_000; i += 1) expect(await rates.take('p')).toMatchObject({ ok: false })
    expect(state.asked).toBe(asked)
    state.at = 3_000
    expect(await rates.take('p')).toMatchObject({ ok: true, limit: 100 })
  })

  it('has no limit where neither the producer nor the installation has one', async () => {
    const { open, state } = shared()
    const rates = open(0)
    for (let i = 0; i < 100; i += 1) expect(await rates.take('p')).toMatchObject({ ok: true, limit: 0 })
    expect(state.asked).toBe(1)
  })

  it('counts for itself while Redis is away, one minute however often it comes and goes', async () => {
    const { state, open } = shared()
    const rates = open(120)
    const through = async (requests: number) =>
      (await Promise.all(Array.from({ length: requests }, async () => rates.take('p')))).filter(
        ({ ok }) => ok,
      ).length
    state.away = true
    expect(await through(100)).toBe(100)
    expect(state.asked).toBe(1)
    state.at = 5_000
    expect(await through(50)).toBe(20)
    expect(state.asked).toBe(2)
    state.away = false
    state.at = 10_000
    expect(await through(10)).toBe(10)
    state.away = true
    state.at = 15_000
    // what it holds is handed out, and then the minute of its own is used up
    expect(await through(50)).toBeLessThan(2)
    state.at = 60_000
    expect(await through(200)).toBe(120)
  })
})
