import { batchOf } from '../../test/fake-world.ts'
import type { Forecast } from '@restyle/client/types'
import { progressLine } from './progress-line.ts'

const now = Date.parse('2026-03-02T21:01:40Z')
const batch = batchOf(200, { succeeded: 98, failed: 2, running: 5, queued: 95 })

describe('the progress line', () => {
  it.each([
    [
      120,
      '███████████████░░░░░░░░░░░░░░░ 100/200  failed 2  about 1m40s left  running 5  images 98  CNY 19.60  1m40s',
    ],
    [90, '███████░░░░░░░ 100/200  failed 2  about 1m40s left  running 5  images 98  CNY 19.60  1m40s'],
    [75, '100/200  failed 2  about 1m40s left  running 5  images 98  CNY 19.60  1m40s'],
    [60, '100/200  failed 2  about 1m40s left  running 5  images 98'],
    [40, '100/200  failed 2  about 1m40s left'],
    [20, '100/200  failed 2'],
    [7, '100/200'],
    [3, ''],
  ])('fits %i columns', (width, line) => expect(progressLine(now, batch, width)).toBe(line))

  it('is never wider than it may be', () => {
    for (let width = 0; width < 200; width += 1)
      expect(progressLine(now, batch, width).length).toBeLessThanOrEqual(width)
  })

  it('says no time that is left before anything has ended, and holds what waits for a person', () =>
    expect(progressLine(now, batchOf(3, { queued: 2, review: 1 }), 60)).toBe(
      '░░░░░░░░░░ 0/3  held for review 1  images 0  CNY 0.00  1m40s',
    ))

  const end = (from: string, to: string): Forecast => ({
    kind: 'range',
    begin: { from: '2026-03-02T21:00:00.000Z', to: '2026-03-02T21:00:00.000Z' },
    end: { from: `2026-03-02T${from}.000Z`, to: `2026-03-02T${to}.000Z` },
    tasksSeen: 50,
    imagesPerHour: 300,
    detail: '',
  })

  it.each<[string, Forecast]>([
    ['18m to 24m left', end('21:20:00', '21:26:00')],
    ['about 20m left', end('21:21:00', '21:22:00')],
    ['under a minute left', end('21:01:50', '21:02:20')],
    ['about 2h58m left', end('23:59:59', '23:59:59')],
    ['stops after 40', { kind: 'stops', afterRows: 40, ofRows: 98, by: 'budget', detail: '' }],
    ['stopped: its money is spent', { kind: 'stops', afterRows: 0, ofRows: 98, by: 'budget', detail: '' }],
    ['stopped: its lane is paused', { kind: 'unknown', reason: 'lane-paused', detail: '' }],
  ])('says what the producer expects: %s', (text, forecast) => {
    expect(progressLine(now, { ...batch, forecast }, 60)).toContain(`100/200  failed 2  ${text}`)
  })

  it('stops the clock when the batch has ended', () =>
    expect(
      progressLine(now, { ...batchOf(1, { succeeded: 1 }), completedAt: '2026-03-02T21:00:07.000Z' }, 50),
    ).toBe('██████████████████████ 1/1  images 1  CNY 0.20  7s'))
})
