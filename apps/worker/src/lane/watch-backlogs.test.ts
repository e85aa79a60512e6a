import { judgeBacklogs, type Waiting } from './watch-backlogs.ts'

const minute = 60_000
const model = 'wan'

/** Looks once a minute, and gives what was said by the minute. */
function look(...looks: { waiting: number; acceptedAt?: number }[]) {
  let before: Waiting = new Map()
  const said: string[] = []
  for (const [i, { waiting, acceptedAt = 0 }] of looks.entries()) {
    const { after, news } = judgeBacklogs(before, [{ model, waiting, acceptedAt }], i * minute, 3 * minute)
    before = after
    said.push(...news.map(({ kind, stillMs }) => `${i}: ${kind} for ${stillMs / minute}`))
  }
  return said
}
const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one)

describe('a backlog', () => {
  it('that does not move is told once', () => {
    expect(look(...times(8, { waiting: 5 }))).toEqual(['3: stuck for 3'])
  })

  it('moves while the vendor takes one now and then, however long it is', () => {
    const taking = Array.from({ length: 9 }, (_, i) => ({
      waiting: 500,
      acceptedAt: Math.max(0, i - 2) * minute,
    }))
    expect(look(...taking)).toEqual([])
  })

  it('that moves again is told too, and may get stuck anew', () => {
    const stuck = { waiting: 5 }
    const moving = { waiting: 5, acceptedAt: 4 * minute }
    expect(look(...times(4, stuck), ...times(5, moving))).toEqual([
      '3: stuck for 3',
      '4: moves for 0',
      '7: stuck for 3',
    ])
  })

  it('that is empty is never stuck, and begins anew', () => {
    expect(look(...times(3, { waiting: 1 }), { waiting: 0 }, ...times(3, { waiting: 1 }))).toEqual([])
  })
})
