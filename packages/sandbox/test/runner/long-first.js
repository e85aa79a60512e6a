import TestSequencer from '@jest/test-sequencer'

/** What takes longest, longest first. Started last, it would run alone while the other core has nothing left to do. */
const long = [
  'model/crash-',
  'matrix/a-worker-',
  'model/planted-',
  'chaos/a-run',
  'stories/the-doctor-',
  'test/bench',
  'failover/',
  'stories/a-submit-comes-',
  'stories/a-lost-answer-',
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
