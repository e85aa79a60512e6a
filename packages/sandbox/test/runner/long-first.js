import TestSequencer from '@jest/test-sequencer'

/** What takes longest, longest first. Started last, it would run alone while the other core has nothing left to do. */
const long = [
  'model/planted-',
  'matrix/a-worker-',
  'test/bench',
  'console/every-page-',
  'mutants/',
  'model/crash-',
  'chaos/a-run',
  'console/a-batch-',
  'test/start',
  'producer/process',
  'producer/loop-delay',
  'client/the-client-',
  'stories/a-catalog-runs-again',
  'failover/',
  'console/review-',
  'console/the-shell-',
  'stories/a-submit-comes-',
  'webhook/an-endpoint-',
  'stories/a-lost-answer-',
  'stories/the-doctor-',
]

const rank = ({ path }) => {
  const at = long.findIndex((part) => path.includes(`/${part}`))
  return at < 0 ? long.length : at
}

/** The order of jest, which knows no times in a fresh clone, after the long ones. */
export default class LongFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b))
  }
}
