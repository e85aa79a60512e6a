import { type LaneNow, type Met, type WaitFacts, waitsForOf } from './waits-for.ts'

const model = 'wan2.5-i2i-preview'
const at = Date.parse('2026-03-02T21:00:00Z')
const lane = (more: Partial<LaneNow> = {}): LaneNow => ({
  slots: 5,
  running: 0,
  served: 'asks',
  stopped: false,
  ...more,
})
const none = { waiting: 0, submitting: 0, running: 0, rendered: 0, uncertain: 0, review: 0 }
const facts = ({
  counts,
  ...more
}: Omit<Partial<WaitFacts>, 'counts'> & { counts?: object } = {}): WaitFacts => ({
  counts: { ...none, waiting: 7, ...counts },
  stops: [],
  producerStops: [],
  models: [{ model, lanes: [lane()], before: 0 }],
  ...more,
})
const onLanes = (...lanes: LaneNow[]) => ({ models: [{ model, lanes, before: 0 }] })
const met = (kind: Met['kind']): Met => ({ kind, code: 'Odd', message: 'said so', at })

describe('what a batch waits for', () => {
  it.each<[code: string, says: string, Parameters<typeof facts>[0]]>([
    ['rows', 'restyle close', { open: 'held' }],
    ['rows', 'more rows', { open: 'taking', counts: { waiting: 0 } }],
    ['stopped', 'paused by a person', { stops: [{ reason: 'person', at }] }],
    ['stopped', 'The budget is 1.', { stops: [{ reason: 'budget', at, detail: 'The budget is 1.' }] }],
    [
      'producer-stopped',
      'until 2026-03-02T21:00:00.000Z',
      { producerStops: [{ reason: 'day', at, until: at }] },
    ],
    ['no-lane', model, onLanes()],
    ['no-worker', model, onLanes({ slots: 5, running: 0, stopped: false })],
    ['bucket', 'AccessDenied', { bucketRefusedWith: 'AccessDenied' }],
    ['bucket', 'AccessDenied', { bucketRefusedWith: 'AccessDenied', counts: { waiting: 0, rendered: 1 } }],
    ['bucket', 'cannot rely on', onLanes(lane({ served: 'bucket' }))],
    ['bucket', 'Odd: said so', { met: met('bucket') }],
    ['lane-paused', 'restyle lanes', onLanes(lane({ stopped: true }))],
    ['lane-refused', 'Arrearage', onLanes(lane({ refusedWith: 'Arrearage' }), lane({ stopped: true }))],
    ['source', 'Odd: said so', { met: met('source') }],
    ['vendor', 'Odd: said so', { met: met('vendor') }],
    ['review', '1 held edit waits', { counts: { waiting: 0, review: 1 } }],
    ['lookup', '2 submits without', { counts: { waiting: 0, uncertain: 2 } }],
    ['lookup', '1 submit without', { counts: { uncertain: 1 } }],
    ['own-edits', '1,200 earlier edits', { models: [{ model, lanes: [lane()], before: 1_200 }] }],
    ['slots', 'all 7 slots', onLanes(lane({ running: 5 }), lane({ slots: 2, running: 2 }))],
  ])('is %s: %s', (code, says, more) => {
    const told = waitsForOf(facts(more))
    expect(told?.code).toBe(code)
    expect(told?.detail).toContain(says)
  })

  it.each<[string, Parameters<typeof facts>[0]]>([
    ['while a task runs', { counts: { running: 1 }, stops: [{ reason: 'person', at }] }],
    ['while a POST is under way', { counts: { submitting: 1 }, met: met('source') }],
    ['while images are stored', { counts: { waiting: 3, rendered: 2 } }],
    ['while one of two lanes takes edits', onLanes(lane({ refusedWith: 'Arrearage' }), lane())],
    [
      'while one of its models has a lane with room',
      {
        models: [
          { model, lanes: [], before: 0 },
          { model: 'wan2.6-image', lanes: [lane()], before: 0 },
        ],
      },
    ],
    ['where a slot is free', onLanes(lane({ running: 4 }))],
    ['where nothing is left', { counts: { waiting: 0 } }],
  ])('is nothing %s', (_, more) => expect(waitsForOf(facts(more))).toBeUndefined())

  it('is what stands for all before what stands for this one', () => {
    const all = facts({ stops: [{ reason: 'budget', at }], met: met('source'), ...onLanes() })
    expect(waitsForOf(all)?.code).toBe('stopped')
    expect(waitsForOf({ ...all, stops: [] })?.code).toBe('no-lane')
    expect(waitsForOf({ ...all, stops: [], ...onLanes(lane({ running: 5 })) })).toMatchObject({
      code: 'source',
      met: { code: 'Odd', message: 'said so', at: '2026-03-02T21:00:00.000Z' },
    })
  })
})
