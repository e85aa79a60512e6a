import { linesOf } from './story.ts'

it('says each step in words, and how long after the one before it came', () => {
  const lines = linesOf([
    { at: '2026-03-02T21:00:00.000Z', step: 'accepted' },
    { at: '2026-03-02T21:00:05.000Z', step: 'submitting', attempt: 1, what: 'lane' },
    { at: '2026-03-02T21:00:06.000Z', step: 'no-task', attempt: 1, what: 'Throttling' },
    { at: '2026-03-02T21:04:06.000Z', step: 'ended', what: 'failed' },
  ])
  expect(lines.map(({ words, after }) => [words, after])).toEqual([
    ['Accepted', undefined],
    ['A submit was intended', '5 s'],
    ['The submit made no task: Throttling', '1 s'],
    ['Ended as failed', '4 min'],
  ])
})
