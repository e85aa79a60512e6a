import type { Answer, Ended, Intent } from '@restyle/shared/receipt/receipt'
import { nobody, readingOf, resolve, type Stranger, tooOld, type UncertainSubmit } from './resolution.ts'

const hour = 3600_000
const leaseUntil = 1_800_000_000_000

const submit: UncertainSubmit = {
  prompt: 'on marble',
  n: 1,
  leaseUntil,
  listedAt: leaseUntil + 1,
  settleMs: 60_000,
  exclusive: true,
}
const settled = { listedAt: leaseUntil + 60_000 }

const decide = (strangers: Partial<Stranger>[], more: Partial<UncertainSubmit> = {}) =>
  resolve(
    { ...submit, ...more },
    strangers.map((stranger, i) => ({ taskId: `t${i}`, state: 'succeeded', images: 1, ...stranger })),
  )

const ours = { prompt: 'on marble' }
const theirs = { prompt: 'at night' }

describe('an uncertain submit', () => {
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

  it('is not proven absent while another uncertain edit keeps a task that could be it', () => {
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
    expect(decide([{}], { exclusive: false })).toMatchObject({
      kind: 'review',
      candidates: ['t0'],
      found: [{ taskId: 't0', echo: 'none' }],
    })
  })

  it('is left to a person where others use the account, even with its own words', () => {
    expect(decide([ours], { exclusive: false })).toMatchObject({ kind: 'review', candidates: ['t0'] })
    expect(decide([theirs], { exclusive: false, ...settled })).toEqual({ kind: 'requeue' })
  })

  it('is left to a person when it is older than the vendor’s memory', () => {
    const from = leaseUntil - 9_000
    const tooOldAt = (now: number) => tooOld({ from, leaseUntil }, now)
    expect(tooOldAt(from + 23 * hour)).toBeUndefined()
    expect(tooOldAt(from + 23 * hour + 1)).toMatchObject({ kind: 'review', candidates: [] })
  })

  it('is left to a person when its first intent is too old, though a backup gave it a second lease', () => {
    expect(tooOld({ from: leaseUntil - 25 * hour, leaseUntil }, leaseUntil)).toMatchObject({ kind: 'review' })
  })

  it('is the task whose prompt came back in another spelling that means the same', () => {
    expect(decide([{ prompt: ' on\u00a0marble\r\n' }], settled)).toEqual({ kind: 'adopt', taskId: 't0' })
  })

  it('is neither adopted nor proven absent where a task shows nearly its prompt', () => {
    const near = { kind: 'review', candidates: ['t0'] }
    expect(decide([{ prompt: 'On Marble' }], settled)).toMatchObject(near)
    expect(decide([{ prompt: 'On Marble', submittedAt: 7 }], settled)).toHaveProperty('found', [
      { taskId: 't0', state: 'succeeded', images: 1, submittedAt: 7, echo: 'near', prompt: 'On Marble' },
    ])
    expect(decide([{ prompt: 'on m?rble' }], { prompt: 'on märble', ...settled })).toMatchObject(near)
  })
})

describe('the receipts of a submit without a known outcome', () => {
  const edit = { intentAt: leaseUntil - 9_000, leaseUntil }
  const answer: Answer = { v: 1, outcome: 'none', code: 'Throttling', at: 0 }
  const ended: Ended = { state: 'failed', failure: { code: 'Dropped', message: 'enough' } }
  const intent = (more: Partial<Intent> = {}): Intent => ({
    v: 1,
    writer: 'somebody',
    attempt: 1,
    lane: 'one',
    intentAt: leaseUntil - 9_000,
    leaseUntil,
    edit: {
      id: 'e',
      producer: 'acme',
      batch: '',
      row: 0,
      key: 'k',
      request: { model: 'm', prompt: 'p', images: [], n: 1 },
      bodyHash: 'h',
      tries: 0,
    },
    ...more,
  })
  const read = (
    state: 'submitting' | 'uncertain',
    receipts: { intent?: Intent; answer?: Answer; ended?: Ended },
    { now = leaseUntil, fenced = true } = {},
  ) =>
    readingOf(
      { ...edit, state },
      { intent: undefined, answer: undefined, ended: undefined, ...receipts },
      now,
      fenced,
    )

  it.each(['submitting', 'uncertain'] as const)('tell the outcome that the ledger lost (%s)', (state) => {
    const task: Answer = { v: 1, outcome: 'accepted', taskId: 't', at: 0 }
    expect(read(state, { intent: intent(), answer })).toEqual({ kind: 'answered', answer })
    expect(read(state, { intent: intent(), answer: task, ended })).toEqual({ kind: 'answered', answer: task })
    expect(read(state, { intent: intent(), answer, ended })).toEqual({ kind: 'ended', ended })
    expect(read(state, { intent: intent(), ended })).toEqual({ kind: 'ended', ended })
  })

  it('let a missing intent be created by somebody else, so that nobody sends its POST', () => {
    expect(read('submitting', {}, { now: 0 })).toEqual({ kind: 'perhaps unsent' })
    expect(read('submitting', { intent: intent({ writer: nobody }) })).toEqual({ kind: 'unsent' })
  })

  it('prove nothing by being absent where the bucket cannot hold them', () => {
    expect(read('submitting', {}, { fenced: false })).toEqual({ kind: 'abandoned' })
  })

  it('leave a POST alone until the later of two leases has ended', () => {
    const later = intent({ leaseUntil: leaseUntil + 5_000 })
    for (const state of ['submitting', 'uncertain'] as const) {
      expect(read(state, { intent: intent() }, { now: leaseUntil - 10 })).toEqual({
        kind: 'under way',
        ms: 10,
      })
      expect(read(state, { intent: later })).toEqual({ kind: 'under way', ms: 5_000 })
    }
  })

  it('say nothing after the lease: what was left is uncertain, and what is uncertain is looked up', () => {
    expect(read('submitting', { intent: intent() })).toEqual({ kind: 'abandoned' })
    expect(read('uncertain', { intent: intent({ intentAt: 7 }) })).toEqual({
      kind: 'nothing',
      window: { from: 7, leaseUntil },
    })
  })

  it('do not let an edit be canceled that may have a task', () => {
    expect(read('uncertain', { intent: intent(), ended: { state: 'canceled' } })).toMatchObject({
      kind: 'nothing',
    })
  })
})
