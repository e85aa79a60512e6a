import type { Answer, Ended, Intent } from '@restyle/shared/receipt/receipt'
import { type Remembered, restorePoint } from './restore-point.ts'

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

const nothing: Remembered = {
  n: 2,
  attempt: 0,
  intent: undefined,
  answer: undefined,
  ended: undefined,
  images: [],
}
const pointOf = (more: Partial<Remembered>) =>
  restorePoint({ ...nothing, ...more }, () => ({ fingerprint: 'f', costMicros: 7 }), now)

/** With the receipts of attempt 2, whose intent is so old. */
const attempted = (ageMs: number, answer?: Answer) => ({ attempt: 2, intent: intent(ageMs), answer })
const failed: Ended = { state: 'failed', failure: { code: 'ImageExpired', message: 'too late' } }

describe('a forgotten edit', () => {
  it('that was never attempted is in the backlog', () => {
    expect(pointOf({})).toEqual({ state: 'queued', attempt: 0, tries: 0 })
  })

  it('that was canceled has ended where nothing was submitted, or nothing came of it', () => {
    const canceled = { state: 'canceled', cancelAsked: 5 }
    expect(pointOf({ canceledAt: 5 })).toEqual({ ...canceled, attempt: 0, tries: 0 })
    expect(pointOf({ ...attempted(hour, none), canceledAt: 5 })).toEqual({
      ...canceled,
      attempt: 2,
      tries: 1,
    })
  })

  it('that was canceled goes on with its task, or is looked up, and does not go back to the backlog', () => {
    const going = { cancelAsked: 5 }
    expect(pointOf({ ...attempted(hour, accepted), canceledAt: 5 })).toMatchObject({
      ...going,
      state: 'running',
    })
    expect(pointOf({ ...attempted(hour), canceledAt: 5 })).toMatchObject({ ...going, state: 'uncertain' })
  })

  it('whose newest attempt came to nothing is in the backlog, and that attempt is not made again', () => {
    expect(pointOf(attempted(hour, none))).toEqual({ state: 'queued', attempt: 2, tries: 1 })
  })

  it('whose task was recorded is asked about, with its money reserved', () => {
    expect(pointOf(attempted(hour, accepted))).toMatchObject({
      state: 'running',
      attempt: 2,
      taskId: 't',
      lane: 'one',
      submittedAt: accepted.at,
      reserved: 7,
    })
  })

  it('whose newest attempt has no answer is uncertain, in the window of that attempt', () => {
    expect(pointOf(attempted(hour))).toMatchObject({
      state: 'uncertain',
      fingerprint: 'f',
      intentAt: now - hour,
      leaseUntil: now - hour + 9_000,
    })
  })

  it('is asked about where it was admitted, whatever its lane is called or leads to now', () => {
    const world = {
      baseUrl: 'https://old.test/api/v1',
      account: 'a',
      bucket: 'b',
      createOnce: 'if-none-match',
    }
    const there = { attempt: 2, intent: { ...intent(hour), world } }
    expect(pointOf({ ...there, answer: accepted })).toMatchObject({ state: 'running', world })
    expect(pointOf(there)).toMatchObject({ state: 'uncertain', world })
    expect(pointOf({ ...there, answer: none })).not.toHaveProperty('world')
  })

  it('whose images are all in the bucket has nothing left to do', () => {
    const images = [image(0), image(1)]
    expect(pointOf({ ...attempted(hour, accepted), images })).toMatchObject({
      state: 'rendered',
      lane: 'one',
      taskId: 't',
      billed: 400_000,
      images: [{ index: 0 }, { index: 1 }],
    })
  })

  it('with some of its images is asked about while the task lives, and takes what is there afterwards', () => {
    const images = [image(0)]
    expect(pointOf({ ...attempted(hour, accepted), images }).state).toBe('running')
    expect(pointOf({ ...attempted(25 * hour, accepted), images }).state).toBe('rendered')
  })

  it('that had ended without an image ends again, whatever its attempt came to', () => {
    const again = { ...failed, attempt: 2, tries: 1, billed: 0 }
    expect(pointOf({ ...attempted(hour, accepted), ended: failed })).toEqual(again)
    expect(pointOf({ ...attempted(hour), ended: failed })).toEqual(again)
    expect(pointOf({ ...attempted(hour), ended: { ...failed, billedMicros: 7 } })).toMatchObject({
      billed: 7,
    })
  })

  it('whose end was noted although an image was stored meanwhile keeps the image', () => {
    const point = pointOf({ ...attempted(hour, accepted), ended: failed, images: [image(0)] })
    expect(point).toMatchObject({ state: 'rendered', images: [{ index: 0 }] })
  })
})
