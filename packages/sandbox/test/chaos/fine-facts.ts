import { check } from '../../src/chaos/check.ts'
import type { Facts, Invariant } from '../../src/chaos/facts.ts'

const north = { name: 'north/group', producer: 'north' }

/** One edit that ended well; each test spoils one thing. */
const fine = (): Facts => ({
  acked: [{ id: 'e1', producer: 'north', url: 'u1', n: 1, origin: { prompt: 'p1', sources: ['o1'] } }],
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
  images: [{ key: 'k1', sha256: 's1', versionsWritten: 1, origin: { prompt: 'p1', sources: ['o1'] } }],
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
  turns: [],
  held: [],
  canceled: [],
  posts: [{ url: 'u1', at: 10 }],
  miscounts: [],
  struck: new Set(),
  refused: { tasks: new Set(), sources: new Set() },
  leftovers: { 'running slots': 0 },
  billedMicros: { ledger: 200_000, vendor: 200_000 },
  leaks: [],
  shown: [],
  traffic: { posts: 1, queries: 5, puts: 5 },
})

/** Which promises a spoiled one breaks. */
export const brokenBy = (spoil: (facts: Facts) => void): Invariant[] => {
  const facts = fine()
  spoil(facts)
  return [...new Set(check(facts).map(({ invariant }) => invariant))]
}
