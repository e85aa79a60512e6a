import { judgeTrouble, sourcePatience } from './source-trouble.ts'

const now = 1_800_000_000_000
const { pausesMs, mostMs, awayMs } = sourcePatience

/** What follows from so many answers in a row. */
function follow(answers: readonly boolean[]) {
  let before: Parameters<typeof judgeTrouble>[0]
  return answers.map((refused) => {
    const verdict = judgeTrouble(before, refused, now)
    if (verdict.kind === 'giveUp') return 'gives up'
    before = verdict.remember
    return verdict.inMs
  })
}

describe('a source that cannot be read', () => {
  it('is tried some times more where its store refuses it, and then fails its edit', () => {
    expect(follow(Array.from({ length: pausesMs.length + 1 }, () => true))).toEqual([...pausesMs, 'gives up'])
  })

  it('is waited for where its store is away, less and less often, and does not count as refused', () => {
    expect(follow([false, false, false, false, false, false, true])).toEqual([
      5_000,
      10_000,
      20_000,
      40_000,
      awayMs,
      awayMs,
      5_000,
    ])
  })

  it('is given up when its store has been away for a day', () => {
    const before = { refusals: 0, tries: 9, since: now - mostMs }
    expect(judgeTrouble(before, false, now).kind).toBe('giveUp')
    expect(judgeTrouble({ ...before, since: before.since + 1 }, false, now).kind).toBe('again')
  })
})
