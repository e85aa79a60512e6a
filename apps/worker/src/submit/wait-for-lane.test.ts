import { models } from '@restyle/dashscope/models'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Admitted } from '@restyle/shared/ledger/admit'
import type { FreedWait } from '@restyle/shared/ledger/freed'
import type { HandContext } from '../hand/step.ts'
import { openLane } from '../lane/lane.ts'
import { LaneConfig } from '../lane/lane-config.ts'
import { moment } from './moment.ts'
import { waitForLane } from './wait-for-lane.ts'

const deadlines = { postMs: 1_000, receiptMs: 1_000, queryMs: 1_000 }
const place = { bucket: 'here', createOnce: 'oss' }
const model = models['wan2.5-i2i-preview'].id
const laneNamed = (name: string) => ({
  ...openLane(LaneConfig.parse({ name, model, apiKey: 'sk-test' }), deadlines),
  id: name,
})
const request = EditRequest.parse({ prompt: 'p', images: ['https://example.com/a.png'] })
const edit = { id: 'e', request } as Edit

const wait = (reason: string, ms = 1_000) => ({ kind: 'wait', reason, ms }) as Admitted
const yes: Admitted = { kind: 'admitted', edit }

/** Waits with a ledger that gives these answers in turn; tells what was waited for. */
async function waited(
  answers: Admitted[],
  lanes = ['one'],
  stopping = new AbortController().signal,
  clock = moment,
) {
  const waits: { wants: readonly FreedWait[]; ms: number }[] = []
  const asked: string[] = []
  const ledger = {
    admit: async (_: Edit, { lane }: { lane: string }) => {
      asked.push(lane)
      return answers.shift() ?? yes
    },
  }
  const freed = {
    wait: async (wants: readonly FreedWait[], ms: number) => void waits.push({ wants, ms }),
    stop: async () => {},
  }
  const context = { ledger, stopping } as unknown as HandContext
  const outcome = await waitForLane(context, lanes.map(laneNamed), freed, deadlines, 100, place, clock)(edit)
  return { outcome, waits, asked }
}

describe('an edit at the head of the backlog', () => {
  it.each([
    ['slot', 'it is announced'],
    ['posting', 'it is announced'],
    ['copies', 'it is announced'],
    ['token', 'its time is over'],
    ['paused', 'its time is over'],
    ['bucket', 'its time is over'],
  ])('waits in place for the end of "%s" until %s, however often', async (reason, until) => {
    const { outcome, waits } = await waited([wait(reason, 40), wait(reason, 40), yes])
    expect(outcome).toMatchObject({ kind: 'over', lane: { name: 'one' } })
    const wants = until === 'it is announced' ? [{ lane: 'one', reason }] : []
    expect(waits).toEqual(Array.from({ length: 2 }, () => ({ wants, ms: 40 })))
  })

  it('asks again after a second, however long the pause is said to last', async () => {
    const { waits } = await waited([wait('paused', 60_000), yes])
    expect(waits).toEqual([{ wants: [], ms: 1_000 }])
  })

  it('takes the lane that has room, and asks them in turn', async () => {
    const { outcome, asked, waits } = await waited([wait('slot'), yes], ['one', 'two'])
    expect([outcome, asked, waits]).toMatchObject([
      { kind: 'over', lane: { name: 'two' } },
      ['one', 'two'],
      [],
    ])
  })

  it('lets others go first where one lane refuses only edits like it, although another lane is paused', async () => {
    const answers = Array.from({ length: 2 }, () => [wait('paused'), wait('uncertain')]).flat()
    expect((await waited(answers, ['one', 'two'])).outcome).toEqual({ kind: 'later', ms: 5_000 })
  })

  it('keeps the head where one lane refuses only edits like it and another is soon free', async () => {
    const answers = Array.from({ length: 3 }, () => [wait('slot'), wait('uncertain')]).flat()
    const { outcome, waits } = await waited([...answers, yes], ['one', 'two'])
    expect(outcome).toMatchObject({ kind: 'over' })
    expect(waits).toEqual(
      Array.from({ length: 3 }, () => ({ wants: [{ lane: 'one', reason: 'slot' }], ms: 1_000 })),
    )
  })

  it('that is like an uncertain submit waits for a moment, then lets others go first', async () => {
    const { outcome, waits } = await waited([wait('uncertain', 200), wait('uncertain', 200)])
    expect(waits).toEqual([{ wants: [{ lane: 'one', reason: 'uncertain' }], ms: 1_000 }])
    expect(outcome).toEqual({ kind: 'later', ms: 5_000 })
  })

  it('goes at once when the uncertain submit is resolved meanwhile', async () => {
    expect((await waited([wait('uncertain'), yes])).outcome).toMatchObject({ kind: 'over' })
  })

  it('that somebody else has moved is left alone', async () => {
    expect((await waited([{ kind: 'lost' }])).outcome).toEqual({ kind: 'lost' })
  })

  it('is handed back when the worker stops', async () => {
    expect((await waited([wait('slot')], ['one'], AbortSignal.abort())).outcome).toEqual({
      kind: 'later',
      ms: 0,
    })
  })

  it('goes back after ten minutes, so that the addresses of its sources are made again', async () => {
    const minute = 60_000
    const clock = [0, 0, 10 * minute, 10 * minute + 1].map((ms) => ({ monotonicMs: 0, wallMs: ms }))
    const answers = Array.from({ length: 9 }, () => wait('paused'))
    const { outcome, asked } = await waited(answers, ['one'], undefined, () => clock.shift() ?? moment())
    expect(outcome).toEqual({ kind: 'later', ms: 0 })
    expect(asked).toHaveLength(2)
  })

  it('of a model that no lane serves waits for a lane to come', async () => {
    expect((await waited([], [])).outcome).toEqual({ kind: 'later', ms: 60_000 })
  })
})
