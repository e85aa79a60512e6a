import { actionOfFailedTask } from '@restyle/dashscope/catalogue'
import type { Task } from '@restyle/dashscope/read-task'
import { type Asked, triesPerEdit, verdict } from './verdict.ts'

const hour = 3600_000
const now = 1_800_000_000_000

const task = (more: Partial<Task>): Task => ({
  taskId: 't',
  state: 'running',
  rawStatus: '',
  images: [],
  failures: [],
  billed: undefined,
  ...more,
})
const decide = (more: Partial<Task>, asked: Partial<Asked> = {}) =>
  verdict(task(more), { n: 1, tries: 0, now, ageMs: 60_000, ...asked }, actionOfFailedTask)

const url = (index: number) => ({ url: `https://result.example/${index}.png`, expiresAt: now + index * hour })

describe('a task that has not ended', () => {
  it.each(['pending', 'running', 'other'] as const)('is waited for while it is %s', (state) => {
    expect(decide({ state }, { ageMs: 48 * hour - 1 })).toEqual({ kind: 'wait' })
  })

  it('is given up after two days, whatever the vendor calls it', () => {
    const decided = decide({ state: 'other', rawStatus: 'THINKING' }, { ageMs: 48 * hour })
    expect(decided).toMatchObject({ kind: 'fail', failure: { code: 'TaskExpired' }, billed: 0 })
    expect(JSON.stringify(decided)).toContain('THINKING')
  })

  it('is waited for when it is unknown, until the vendor must have forgotten it', () => {
    expect(decide({ state: 'unknown' }, { ageMs: 24 * hour - 1 })).toEqual({ kind: 'wait' })
    expect(decide({ state: 'unknown' }, { ageMs: 24 * hour })).toMatchObject({
      kind: 'fail',
      failure: { code: 'TaskExpired' },
      billed: 0,
    })
  })
})

describe('a task that succeeded', () => {
  it('has its images copied, before the first of them dies', () => {
    expect(decide({ state: 'succeeded', images: [url(3), url(2)], billed: 2 }, { n: 2 })).toEqual({
      kind: 'render',
      images: [
        { index: 0, ...url(3) },
        { index: 1, ...url(2) },
      ],
      billed: 2,
      expiresAt: now + 2 * hour,
    })
  })

  it('has images that say nothing of their end copied within a day', () => {
    const images = [{ url: 'https://result.example/a.png' }]
    expect(decide({ state: 'succeeded', images })).toMatchObject({
      images: [{ expiresAt: now + 24 * hour }],
      expiresAt: now + 24 * hour,
    })
  })

  it('ended when the vendor says, and its images live from then on', () => {
    const images = [{ url: 'https://result.example/a.png' }]
    const ended = { state: 'succeeded', images } as const
    expect(decide({ ...ended, endedAt: now - 3 * hour })).toMatchObject({ expiresAt: now + 21 * hour })
    // a clock that is ahead of ours gives no image a longer life
    expect(decide({ ...ended, endedAt: now + hour })).toMatchObject({ expiresAt: now + 24 * hour })
  })

  it('is billed by what the vendor says, else by what came', () => {
    expect(decide({ state: 'succeeded', images: [url(1)], billed: 3 })).toMatchObject({ billed: 3 })
    expect(decide({ state: 'succeeded', images: [url(1)] })).toMatchObject({ billed: 1 })
  })

  it('says of each image why it did not come, also where the vendor does not', () => {
    const failures = [{ code: 'DataInspectionFailed', message: 'no' }]
    const decided = decide({ state: 'succeeded', images: [url(1), url(2)], failures }, { n: 4 })
    expect(decided).toMatchObject({
      images: [
        { index: 0 },
        { index: 1 },
        { index: 2, failure: { code: 'DataInspectionFailed' } },
        { index: 3, failure: { code: 'Missing' } },
      ],
    })
  })

  it('is no success without an image', () => {
    expect(decide({ state: 'succeeded' })).toMatchObject({
      kind: 'again',
      failure: { code: 'NoImages' },
      billed: 0,
    })
    const failures = [{ code: 'DataInspectionFailed', message: 'no' }]
    expect(decide({ state: 'succeeded', failures, billed: 1 })).toEqual({
      kind: 'fail',
      failure: failures[0],
      billed: 1,
    })
  })
})

describe('a paid task that shows no image', () => {
  const missing = [{ code: 'Missing', message: '' }]
  const unseen = { state: 'succeeded', billed: 1, shape: 'output.picture', failures: missing } as const

  it('is asked again, and no second one is made', () => {
    expect(decide(unseen)).toMatchObject({ kind: 'unseen' })
    expect(decide(unseen, { unseenSince: now - 60_000 })).toMatchObject({ kind: 'unseen' })
  })

  it('is held for a person after some minutes, with the names of what the answer holds', () => {
    const held = decide(unseen, { unseenSince: now - hour })
    expect(held).toMatchObject({ kind: 'hold', why: expect.stringContaining('output.picture') })
  })

  it('is not waited for where the vendor says of each image why it did not come', () => {
    const failures = [{ code: 'DataInspectionFailed', message: 'no' }]
    expect(decide({ ...unseen, failures }).kind).toBe('fail')
  })
})

describe('a task that failed', () => {
  const failed = (code: string | undefined, tries: number) =>
    decide({ state: 'failed', code, message: 'why' }, { tries }).kind

  it.each([
    ['DataInspectionFailed', ['fail', 'fail', 'fail']],
    ['InternalError.Timeout', ['again', 'again', 'fail']],
    ['RequestTimeOut', ['again', 'fail', 'fail']],
    ['Arrearage', ['pause', 'pause', 'pause']],
    [undefined, ['again', 'fail', 'fail']],
  ])('with %s is followed by %j', (code, steps) => {
    expect(steps).toHaveLength(triesPerEdit)
    expect(steps.map((_, tries) => failed(code, tries))).toEqual(steps)
  })

  it.each([
    [58, 'pause'],
    [59, 'fail'],
  ])('for the account after %i that did is followed by %s', (pausedTasks, kind) => {
    const failed = { state: 'failed', code: 'Arrearage', message: 'pay' } as const
    expect(decide(failed, { pausedTasks }).kind).toBe(kind)
  })

  it('is told in the vendor’s words, and costs nothing', () => {
    const decided = decide({ state: 'failed', code: 'InvalidURL', message: 'no host' })
    expect(decided).toEqual({ kind: 'fail', failure: { code: 'InvalidURL', message: 'no host' }, billed: 0 })
  })
})

it('a canceled task cancels its edit', () => {
  expect(decide({ state: 'canceled' })).toEqual({ kind: 'cancel' })
})
