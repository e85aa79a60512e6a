import { check, type Facts, type Invariant } from '../../src/chaos/check.ts'

const north = { name: 'north/group', producer: 'north' }

/** One edit that ended well; each test spoils one thing. */
const fine = (): Facts => ({
  acked: [{ id: 'e1', producer: 'north', url: 'u1', n: 1 }],
  earlier: [],
  ledger: [{ id: 'e1', state: 'succeeded', taskId: 't1', stored: [{ key: 'k1', sha256: 's1' }] }],
  tasks: [
    {
      taskId: 't1',
      url: 'u1',
      submittedAt: 10,
      endedAt: 20,
      state: 'SUCCEEDED',
      billed: 1,
      resultSha256: ['s1'],
    },
  ],
  images: [{ key: 'k1', sha256: 's1', versionsWritten: 1 }],
  deliveries: [
    {
      consumer: 'north/group',
      producer: 'north',
      eventId: 'e1-succeeded',
      type: 'restyle.edit.succeeded',
      subject: 'e1',
      state: 'succeeded',
      text: '',
    },
  ],
  consumers: [north],
  leftovers: { 'running slots': 0 },
  billedMicros: { ledger: 200_000, vendor: 200_000 },
  leaks: [],
  shown: [],
  traffic: { posts: 1, queries: 5, puts: 5 },
})

const brokenBy = (spoil: (facts: Facts) => void): Invariant[] => {
  const facts = fine()
  spoil(facts)
  return [...new Set(check(facts).map(({ invariant }) => invariant))]
}

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
    ['a slot that is still held', 'I7', ({ leftovers }) => Object.assign(leftovers, { 'running slots': 1 })],
    ['a spend that is not the bill', 'I7', ({ billedMicros }) => Object.assign(billedMicros, { ledger: 0 })],
    ['a storm of requests', 'bounded work', ({ traffic }) => Object.assign(traffic, { posts: 7 })],
  ]
  it.each(spoiled)('notices %s', (_, invariant, spoil) => {
    expect(brokenBy(spoil)).toContain(invariant)
  })
})
