import type { FaultName } from '../../src/chaos/fault-names.ts'
import type { Facts, Invariant } from '../../src/chaos/facts.ts'
import { brokenBy } from './fine-facts.ts'

const failedTask = {
  taskId: 't0',
  url: 'u1',
  submittedAt: 1,
  endedAt: 5,
  state: 'FAILED',
  billed: 0,
  resultSha256: [],
}

describe('the checker', () => {
  it('finds nothing where every promise was kept', () => {
    expect(brokenBy(() => {})).toEqual([])
  })

  it('allows a second task after the first one failed, and events that come again', () => {
    expect(
      brokenBy(({ tasks, deliveries }) => {
        tasks.push(failedTask)
        deliveries.push(...deliveries)
      }),
    ).toEqual([])
  })

  it('allows an earlier edit to be told of again', () => {
    expect(
      brokenBy(({ earlier, deliveries, acked }) => {
        for (const edit of acked) earlier.push({ ...edit, id: 'e0' })
        deliveries.push(...deliveries.map((each) => ({ ...each, subject: 'e0', eventId: 'e0-failed' })))
      }),
    ).toEqual([])
  })

  it('allows a bucket that does not create once to take the same image twice', () => {
    const twice = ({ images: [image] }: Facts) => Object.assign(image ?? {}, { versionsWritten: 2 })
    expect(
      brokenBy((facts) => Object.assign(facts, { struck: new Set(['receipts-switched']) }) && twice(facts)),
    ).toEqual([])
    expect(brokenBy(twice)).toEqual(['I3'])
  })

  it('wants a webhook to be sent what others read of the stream, but where Redis forgot', () => {
    const paused = { eventId: 'north-paused', type: 'restyle.producer.paused', subject: 'north' }
    const missing = (facts: Facts): void => {
      const [ended] = facts.deliveries
      if (ended === undefined) return
      for (const consumer of ['north/cursor', 'north/webhook']) {
        facts.consumers.push({ name: consumer, producer: 'north' })
        facts.deliveries.push({ ...ended, consumer })
      }
      facts.deliveries.push({ ...ended, ...paused, consumer: 'north/cursor' })
    }
    expect(brokenBy(missing)).toEqual(['I4'])
    const forgot = { struck: new Set(['redis-crash']) }
    expect(brokenBy((facts) => Object.assign(facts, forgot) && missing(facts))).toEqual([])
  })

  describe('of an edit that was held', () => {
    const why = 'it could not be looked up: AccessDenied: no'
    const hold = (facts: Facts, struck: FaultName, told = true): void => {
      facts.held.push({ editId: 'e1', attempt: 1, why })
      Object.assign(facts, { struck: new Set([struck]) })
      const held = { type: 'restyle.edit.held', eventId: 'e1-held-1', state: 'review' }
      if (told) facts.deliveries.push(...facts.deliveries.map((each) => ({ ...each, ...held })))
    }

    it('allows it where the fault made it necessary', () => {
      expect(brokenBy((facts) => hold(facts, 'list-refused'))).toEqual([])
    })

    it('notices one that no fault made necessary, and one of which nobody was told', () => {
      expect(brokenBy((facts) => hold(facts, 'list-garbled'))).toEqual(['I1'])
      expect(brokenBy((facts) => hold(facts, 'list-refused', false))).toEqual(['I4'])
    })
  })

  describe('of an edit whose task was refused for good', () => {
    const refuse = (facts: Facts, taskId: string): void => {
      Object.assign(facts.refused, { tasks: new Set([taskId]) })
      for (const edit of facts.ledger)
        Object.assign(edit, { state: 'failed', failure: 'InvalidParameter', stored: [] })
      for (const each of facts.deliveries) each.state = 'failed'
      facts.images.splice(0)
    }

    it('asks for no image, as nobody was told of one', () => {
      expect(brokenBy((facts) => refuse(facts, 't1'))).toEqual([])
    })

    it('notices that another one failed for it', () => {
      expect(brokenBy((facts) => refuse(facts, 't2'))).toEqual(['I1', 'I3'])
    })
  })

  describe('of an edit that failed for its source', () => {
    const fail = (facts: Facts, ...refused: string[]): void => {
      Object.assign(facts.refused, { sources: new Set(refused) })
      for (const edit of facts.ledger)
        Object.assign(edit, { state: 'failed', failure: 'SourceUnreadable', stored: [] })
      for (const each of facts.deliveries) each.state = 'failed'
      facts.images.splice(0)
    }
    const unsubmitted = (facts: Facts, ...refused: string[]): void => {
      fail(facts, ...refused)
      facts.tasks.splice(0)
    }

    it('allows it where the source was refused, and the edit was not submitted', () => {
      expect(brokenBy((facts) => unsubmitted(facts, 'u1'))).toEqual([])
    })

    it('notices that nobody refused it, or that it was submitted', () => {
      expect(brokenBy((facts) => unsubmitted(facts))).toEqual(['I1'])
      expect(brokenBy((facts) => fail(facts, 'u1'))).toContain('I1')
    })
  })

  const spoiled: [what: string, invariant: Invariant, spoil: (facts: Facts) => void][] = [
    [
      'an edit that has not ended',
      'I1',
      ({ ledger: [edit] }) => Object.assign(edit ?? {}, { state: 'uncertain' }),
    ],
    ['an edit that is forgotten', 'I1', ({ ledger }) => ledger.splice(0)],
    [
      'two billed tasks of one edit',
      'I2',
      ({ tasks }) => tasks.push({ ...failedTask, state: 'SUCCEEDED', billed: 1 }),
    ],
    [
      'a second task before the first had failed',
      'I2',
      ({ tasks }) => tasks.push({ ...failedTask, endedAt: 11 }),
    ],
    ['an image that is not in the bucket', 'I3', ({ images }) => images.splice(0)],
    [
      'an image with other bytes',
      'I3',
      ({ images: [image] }) => Object.assign(image ?? {}, { sha256: 's2' }),
    ],
    [
      'an image that was overwritten',
      'I3',
      ({ images: [image] }) => Object.assign(image ?? {}, { versionsWritten: 2 }),
    ],
    [
      'an image of nobody',
      'I3',
      ({ images }) => images.push({ key: 'k2', sha256: 's1', versionsWritten: 1 }),
    ],
    [
      'a billed task that no edit has',
      'I3',
      ({ ledger: [edit] }) => Object.assign(edit ?? {}, { taskId: 't2' }),
    ],
    ['an end that was not told', 'I4', ({ deliveries }) => deliveries.splice(0)],
    [
      'two ends of one edit',
      'I4',
      ({ deliveries }) => deliveries.push(...deliveries.map((each) => ({ ...each, eventId: 'e1-failed' }))),
    ],
    [
      'an end that did not happen',
      'I4',
      ({ deliveries: [told] }) => Object.assign(told ?? {}, { state: 'failed' }),
    ],
    [
      'an event of nothing',
      'I4',
      ({ deliveries }) => deliveries.push(...deliveries.map((each) => ({ ...each, subject: 'e9' }))),
    ],
    [
      'a batch of which nobody was told',
      'I4',
      ({ acked: [edit] }) => Object.assign(edit ?? {}, { batch: 'b1' }),
    ],
    ['a secret in a log', 'I5', ({ leaks }) => leaks.push('line 1')],
    [
      "another producer's event",
      'I6',
      ({ consumers, deliveries }) => {
        consumers.push({ name: 'south/group', producer: 'south' })
        deliveries.push(
          ...deliveries.map((each) => ({ ...each, consumer: 'south/group', producer: 'south' })),
        )
      },
    ],
    [
      'an image made from the source of another edit',
      'I8',
      ({ images: [image] }) => image?.origin?.sources.splice(0, 1, 'o2'),
    ],
    [
      'an image made with the prompt of another edit',
      'I8',
      ({ images: [image] }) => Object.assign(image?.origin ?? {}, { prompt: 'p2' }),
    ],
    ['an image that nobody is known to have made', 'I8', ({ images: [image] }) => delete image?.origin],
    ['a slot that is still held', 'I7', ({ leftovers }) => Object.assign(leftovers, { 'running slots': 1 })],
    ['a spend that is not the bill', 'I7', ({ billedMicros }) => Object.assign(billedMicros, { ledger: 0 })],
    ['a storm of requests', 'bounded work', ({ traffic }) => Object.assign(traffic, { posts: 7 })],
  ]
  it.each(spoiled)('notices %s', (_, invariant, spoil) => {
    expect(brokenBy(spoil)).toContain(invariant)
  })
})
