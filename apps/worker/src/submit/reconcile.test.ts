import { type Doubt, reconcile, type Stranger } from './reconcile.ts'

const hour = 3600_000
const leaseUntil = 1_800_000_000_000

const doubt: Doubt = {
  prompt: 'on marble',
  n: 1,
  leaseUntil,
  listedAt: leaseUntil + 1,
  settleMs: 60_000,
  exclusive: true,
}
const settled = { listedAt: leaseUntil + 60_000 }

const decide = (strangers: Partial<Stranger>[], more: Partial<Doubt> = {}) =>
  reconcile(
    { ...doubt, ...more },
    strangers.map((stranger, i) => ({ taskId: `t${i}`, state: 'succeeded', images: 1, ...stranger })),
  )

const ours = { prompt: 'on marble' }
const theirs = { prompt: 'at night' }

describe('a submit in doubt', () => {
  it('is the one task that has its prompt', () => {
    expect(decide([theirs, ours])).toEqual({ kind: 'adopt', taskId: 't1' })
  })

  it('is proven absent when the list is quiet for long enough, and not a millisecond before', () => {
    expect(decide([], settled)).toEqual({ kind: 'requeue' })
    expect(decide([theirs], settled)).toEqual({ kind: 'requeue' })
    expect(decide([], { listedAt: leaseUntil + 59_999 })).toEqual({ kind: 'look again' })
  })

  it.each(['pending', 'running', 'unknown', 'other'] as const)(
    'waits for a task that is %s and has not shown its prompt',
    (state) => {
      expect(decide([{ state, images: 0 }], settled)).toEqual({ kind: 'look again' })
      expect(decide([ours, { state, images: 0 }], settled)).toEqual({ kind: 'look again' })
    },
  )

  it.each(['failed', 'canceled'] as const)(
    'is not looked for in a task that %s: it costs nothing',
    (state) => {
      expect(decide([{ state, images: 0 }], settled)).toEqual({ kind: 'requeue' })
      expect(decide([{ state, images: 0 }, ours])).toEqual({ kind: 'adopt', taskId: 't1' })
    },
  )

  it('is not proven absent while another doubt keeps a task that could be it', () => {
    const kept = { ...ours, contested: true }
    expect(decide([kept], settled)).toMatchObject({ kind: 'review', candidates: ['t0'] })
    expect(decide([kept, ours], settled)).toMatchObject({ kind: 'review', candidates: ['t0', 't1'] })
    expect(decide([{ ...theirs, contested: true }], settled)).toEqual({ kind: 'requeue' })
  })

  it('is not chosen from two', () => {
    const both = { kind: 'review', candidates: ['t0', 't1'] }
    expect(decide([ours, ours])).toMatchObject(both)
    expect(decide([ours, {}])).toMatchObject(both)
  })

  it('is no task with more images than it asked for, and may be one with fewer', () => {
    expect(decide([{ ...ours, images: 2 }], settled)).toEqual({ kind: 'requeue' })
    expect(decide([{ ...ours, images: 2 }], { n: 4 })).toMatchObject({ kind: 'adopt' })
  })

  it('is a task that echoes no prompt only if nobody else uses the account', () => {
    expect(decide([{}])).toEqual({ kind: 'adopt', taskId: 't0' })
    expect(decide([{}], { exclusive: false })).toMatchObject({ kind: 'review', candidates: ['t0'] })
  })

  it('is left to a person where others use the account, even with its own words', () => {
    expect(decide([ours], { exclusive: false })).toMatchObject({ kind: 'review', candidates: ['t0'] })
    expect(decide([theirs], { exclusive: false, ...settled })).toEqual({ kind: 'requeue' })
  })

  it('is left to a person when it is older than the vendor’s memory', () => {
    expect(decide([], { listedAt: leaseUntil + 23 * hour })).toEqual({ kind: 'requeue' })
    expect(decide([ours], { listedAt: leaseUntil + 23 * hour + 1 })).toMatchObject({ kind: 'review' })
  })
})
