import { away, ok, refuse, warn } from './finding.ts'
import { sumUp } from './sum-up.ts'

describe('the last line of the doctor', () => {
  it.each([
    [[ok('a', '')], 0, 'a worker can start'],
    [[ok('a', ''), warn('b', '')], 0, 'a worker can start; 1 thing is worth a look (warn)'],
    [[away('a', '')], 1, '1 problem: a worker would start, and wait until it is over'],
    [
      [refuse('a', '')],
      1,
      '1 problem: change what the STOP line says and run this again (settings: docs/operations.md)',
    ],
    [
      [refuse('a', ''), away('b', ''), warn('c', '')],
      1,
      '2 problems: change what the STOP and AWAY lines say and run this again (settings: docs/operations.md)',
    ],
  ])('counts what is wrong: %j', (findings, exitCode, says) => {
    expect(sumUp(findings)).toEqual({ exitCode, says })
  })
})
