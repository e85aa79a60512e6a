import type { Listed } from './mutant.ts'

const worker = 'apps/worker/src'
const hand = 'packages/sandbox/test/hands/poll-times.test.ts'
const nextPoll = { file: `${worker}/poll/next-poll.ts`, tests: [`${worker}/poll/next-poll.test.ts`] }
const budget = { file: `${worker}/lane/query-budget.ts`, tests: [`${worker}/lane/query-budget.test.ts`] }

/** Faults in when a task is asked about. */
export const pollingMutants: readonly Listed[] = [
  {
    ...nextPoll,
    name: 'polls-heed-no-budget',
    find: 'Math.max(fairMs, ',
    replace: 'Math.max(0, ',
    protects: 'many running tasks do not use up the queries of their account',
  },
  {
    ...nextPoll,
    name: 'polls-of-a-slow-task-stay-frequent',
    find: ': lateByMs * growth',
    replace: ': minMs',
    protects: 'a task of an hour is not asked about every second',
  },
  {
    ...nextPoll,
    name: 'polls-sleep-through-the-first-ends',
    find: 'Math.min(earlyByMs, ageMs * growth)',
    replace: 'ageMs * growth * 10',
    protects: 'the first task that ends is known about a second later',
  },
  {
    name: 'polls-see-one-lane-only',
    file: 'packages/shared/src/ledger/lanes.ts',
    find: '(card) => card.account === account',
    replace: '(card, i) => card.account === account && i === 0',
    protects: 'lanes of one account share its queries',
    tests: [hand],
  },
  {
    name: 'polls-go-on-when-throttled',
    file: `${worker}/poll/poll.ts`,
    find: 'if (httpStatus === 429)',
    replace: 'if (httpStatus === 0)',
    protects: 'an account that throttles one query is left in peace by all its tasks',
    tests: [hand],
  },
  {
    name: 'polls-come-back-together',
    file: `${worker}/poll/poll.ts`,
    find: 'waitMs * (1 + tools.random())',
    replace: 'waitMs',
    protects: 'the tasks of an account do not all ask in the moment that a quiet is over',
    tests: [hand],
  },
  {
    name: 'polls-learn-from-failures',
    file: `${worker}/poll/poll.ts`,
    find: "if (decided.kind === 'render') tools.durations",
    replace: 'tools.durations',
    protects: 'tasks that fail at once do not teach that tasks end at once',
    tests: [hand],
  },
  {
    ...budget,
    name: 'look-ups-have-no-reserve',
    find: "use === 'lookUp' ? 10 : 20",
    replace: "use === 'lookUp' ? 20 : 20",
    protects: 'the look-up of a submit finds a query left',
  },
  {
    ...budget,
    name: 'query-bursts-come-on-top',
    find: 'perSecond * 0.9',
    replace: 'perSecond',
    protects: 'an account is never asked more often than its quota in any second',
  },
]
