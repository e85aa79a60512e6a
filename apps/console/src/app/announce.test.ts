import { announce, type Announced, quietMs, type Tally } from './announce.ts'

const of = (stored: number, failed = 0, id = 'a'): Tally => new Map([[id, { stored, failed }]])

/** What is said while counts come at these times (ms), and it is asked again when it wants to be. */
function heard(counts: readonly (readonly [at: number, tally: Tally])[], untilMs: number) {
  const said: { at: number; say: string }[] = []
  let known: Announced | undefined
  let tally: Tally | undefined
  let again = Infinity
  const look = (now: number) => {
    if (tally === undefined) return
    const { next, say, againMs } = announce(known, tally, now)
    known = next
    again = againMs === undefined ? Infinity : now + againMs
    if (say !== undefined) said.push({ at: now, say })
  }
  for (const [at, told] of [...counts, [untilMs, undefined] as const]) {
    while (again <= at) look(again)
    tally = told ?? tally
    if (told !== undefined) look(at)
  }
  return said
}

it('never says the first counts, and says of the next ones how many are new', () => {
  expect(heard([[0, of(40)]], 60_000)).toEqual([])
  expect(
    heard(
      [
        [0, of(40)],
        [6_000, of(77, 2)],
        [20_000, of(77, 4)],
      ],
      60_000,
    ),
  ).toEqual([
    { at: 6_000, say: '37 more finished, 2 more failed' },
    { at: 20_000, say: '2 more failed' },
  ])
})

it('gathers what comes within five seconds', () => {
  const counts = [0, 6_000, 7_000, 8_000].map((at, i) => [at, of(10 * i)] as const)
  expect(heard(counts, 60_000)).toEqual([
    { at: 6_000, say: '10 more finished' },
    { at: 11_000, say: '20 more finished' },
  ])
})

it('says twelve sentences a minute at most under heavy load, and misses nothing', () => {
  const load = Array.from({ length: 3_001 }, (_, i) => [i * 20, of(i * 3, i)] as const)
  const said = heard(load, 60_000 + quietMs)
  const times = said.map(({ at }) => at)
  for (const from of times)
    expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(12)
  expect(said.length).toBeGreaterThan(10)
  const sums = said.map(({ say }) => say.replaceAll(',', '').match(/\d+/g)?.map(Number) ?? [])
  expect([0, 1].map((at) => sums.reduce((sum, each) => sum + (each[at] ?? 0), 0))).toEqual([9_000, 3_000])
})

it('says nothing of a batch that is new on the page, of one that left it, or of counts that fell', () => {
  const both: Tally = new Map([...of(5), ...of(900, 7, 'b')])
  expect(
    heard(
      [
        [0, of(5)],
        [6_000, both],
        [12_000, of(5)],
        [18_000, both],
      ],
      60_000,
    ),
  ).toEqual([])
  // ten that had failed are tried again, and two fail once more
  expect(
    heard(
      [
        [0, of(5, 10)],
        [6_000, of(5, 0)],
        [12_000, of(5, 2)],
      ],
      60_000,
    ),
  ).toEqual([{ at: 12_000, say: '2 more failed' }])
})
