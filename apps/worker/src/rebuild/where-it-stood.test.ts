import type { Answer, Intent } from '@restyle/shared/receipt/receipt'
import { type Remembered, whereItStood } from './where-it-stood.ts'

const hour = 3600_000
const now = 1_800_000_000_000

const intent = (ageMs: number, attempt = 2): Intent => ({
  v: 1,
  writer: 'w',
  attempt,
  lane: 'one',
  intentAt: now - ageMs,
  leaseUntil: now - ageMs + 9_000,
  edit: {
    id: 'e',
    producer: 'acme',
    batch: '',
    row: 0,
    key: 'k',
    request: { model: 'm', prompt: 'p', images: [], n: 2 },
    bodyHash: 'h',
    tries: 1,
  },
})
const accepted: Answer = { v: 1, outcome: 'accepted', taskId: 't', at: now - hour }
const none: Answer = { v: 1, outcome: 'none', code: 'ProvenAbsent', at: now }
const image = (index: number): Remembered['images'][number] => ({
  index,
  stored: { key: `k/${index}.png`, sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' },
  costMicros: 400_000,
})

const stood = (more: Partial<Remembered>) =>
  whereItStood(
    { n: 2, newest: undefined, images: [], ...more },
    () => ({ fingerprint: 'f', costMicros: 7 }),
    now,
  )

describe('a forgotten edit', () => {
  it('that was never attempted is in the backlog', () => {
    expect(stood({})).toEqual({ state: 'queued', attempt: 0, tries: 0 })
  })

  it('whose newest attempt came to nothing is in the backlog, and that attempt is not made again', () => {
    expect(stood({ newest: { intent: intent(hour), answer: none } })).toEqual({
      state: 'queued',
      attempt: 2,
      tries: 1,
    })
  })

  it('whose task was recorded is asked about, with its money reserved', () => {
    expect(stood({ newest: { intent: intent(hour), answer: accepted } })).toMatchObject({
      state: 'running',
      attempt: 2,
      taskId: 't',
      lane: 'one',
      submittedAt: accepted.at,
      reserved: 7,
    })
  })

  it('whose newest attempt has no answer is in doubt, in the window of that attempt', () => {
    expect(stood({ newest: { intent: intent(hour), answer: undefined } })).toMatchObject({
      state: 'uncertain',
      fingerprint: 'f',
      intentAt: now - hour,
      leaseUntil: now - hour + 9_000,
    })
  })

  it('whose images are all in the bucket has nothing left to do', () => {
    const known = stood({ newest: { intent: intent(hour), answer: accepted }, images: [image(0), image(1)] })
    expect(known).toMatchObject({
      state: 'rendered',
      lane: 'one',
      taskId: 't',
      billed: 400_000,
      images: [{ index: 0 }, { index: 1 }],
    })
  })

  it('with some of its images is asked about while the task lives, and takes what is there afterwards', () => {
    const some = { images: [image(0)] }
    expect(stood({ ...some, newest: { intent: intent(hour), answer: accepted } }).state).toBe('running')
    expect(stood({ ...some, newest: { intent: intent(25 * hour), answer: accepted } }).state).toBe('rendered')
  })
})
