import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { readConfig } from '@restyle/worker/config'
import { openServices } from '@restyle/worker/services'
import { age, withTime } from '../model/clocked-redis.ts'
import { moveDate } from '../moved-date.ts'
import { type Leaver, openLeaver } from './leaver.ts'
import { openStory, type Story, until } from './story.ts'

const hourMs = 3600_000
const log = createLog('silent')

/** How an edit was left, and what it must have come to: how often it is paid for in all, and whether its image is there. */
type Left = {
  left: string
  leave: (id: string, leaver: Leaver) => Promise<unknown>
  ends: readonly [state: 'succeeded' | 'failed' | 'review', because?: string]
  billed: 0 | 1
}

const succeeds = { ends: ['succeeded'], billed: 1 } as const
const tooOld = ['review', 'the vendor forgets tasks after 24 h'] as const
const unsure = { to: 'uncertain', set: { uncertainBecause: 'reset', said: { cause: 'reset' } } } as const

const cases: readonly Left[] = [
  { left: 'queued', leave: async () => {}, ...succeeds },
  { left: 'admitted, and no receipt', leave: (id, { admit }) => admit(id), ...succeeds },
  { left: 'with a lost request', leave: (id, { intend }) => intend(id), ends: tooOld, billed: 0 },
  {
    left: 'with a lost answer',
    leave: async (id, { intend, post }) => post(await intend(id)),
    ends: tooOld,
    billed: 1,
  },
  {
    left: 'uncertain, without a task',
    leave: async (id, { intend, move }) => move(await intend(id), unsure),
    ends: tooOld,
    billed: 0,
  },
  {
    left: 'uncertain, with a task',
    leave: async (id, { intend, post, move }) => {
      const edit = await intend(id)
      await post(edit)
      return move(edit, unsure)
    },
    ends: tooOld,
    billed: 1,
  },
  {
    left: 'in review',
    leave: async (id, { intend, move }) =>
      move(await move(await intend(id), unsure), { to: 'review', set: { uncertainBecause: 'two tasks' } }),
    ends: ['review', 'two tasks'],
    billed: 0,
  },
  {
    left: 'running, and done meanwhile',
    leave: (id, { run }) => run(id),
    ends: ['failed', 'TaskExpired'],
    billed: 1,
  },
  {
    left: 'running, and never done',
    leave: (id, { run }) => run(id),
    ends: ['failed', 'TaskExpired'],
    billed: 0,
  },
  {
    left: 'running by a backup, and long stored',
    leave: async (id, { run, imagesOf, storeAndDie }) => {
      const edit = await run(id)
      return storeAndDie({ ...edit, state: 'rendered', billed: 200_000, images: await imagesOf(edit) })
    },
    ...succeeds,
  },
  {
    left: 'copying, and stored',
    leave: async (id, { render, storeAndDie }) => storeAndDie(await render(id)),
    ...succeeds,
  },
  {
    left: 'copying, and not stored',
    leave: (id, { render }) => render(id),
    ends: ['failed', 'ImageExpired'],
    billed: 1,
  },
  {
    left: 'copying, on the disk of this machine',
    leave: async (id, { render, spill }) => spill(await render(id)),
    ...succeeds,
  },
  {
    left: 'copying, on the disk of a machine that is gone',
    leave: async (id, { render, spill }) => spill(await render(id), 'gone'),
    ends: ['failed', 'ImageStranded'],
    billed: 1,
  },
  {
    left: 'ended, and nobody was there to hear of it',
    leave: async (id, { render, copyImages }) => copyImages(await render(id)),
    ...succeeds,
  },
]

describe('all workers are away for 30 hours', () => {
  let story: Story
  let spillDir: string
  /** How far every clock is on. */
  let movedMs: number
  let ids: Map<Left, string>
  let putBack: () => void
  beforeEach(async () => {
    movedMs = 0
    ids = new Map()
    putBack = moveDate((real) => real + movedMs)
    spillDir = await mkdtemp(join(tmpdir(), 'restyle-day-'))
    await mkdir(join(spillDir, 'gone'))
    const env = { RESTYLE_SPILL_DIR: spillDir, RESTYLE_SPILL_WAIT_MS: String(hourMs) }
    story = await openStory({ workers: 0, env })
  })
  afterEach(async () => {
    await story.stop()
    putBack()
    await rm(spillDir, { recursive: true })
  })

  const promptOf = ({ left }: Left) => `on a table, ${left}`
  const read = (each: Left) => story.world.ledger.read(ids.get(each) ?? '')
  const billedOf = (each: Left) =>
    story.world.dashscope
      .describe()
      .reduce((sum, { prompt, billed }) => sum + (prompt === promptOf(each) ? billed : 0), 0)

  /** Leaves an edit in every state, with all tasks over that will ever be. */
  const leaveAll = async () => {
    const { dashscope, env } = story.world
    const match = ({ prompt = '' }: { prompt?: string | undefined }) => prompt.endsWith('never done')
    dashscope.faults.add({ at: 'task', match, do: { type: 'take', ms: 2_000_000_000 } })
    const services = openServices(readConfig(env), log)
    try {
      const leaver = openLeaver(story, services, spillDir)
      for (const each of cases) {
        const id = await story.enqueue({ prompt: promptOf(each) })
        ids.set(each, id)
        await each.leave(id, leaver)
      }
    } finally {
      await services.close()
    }
    await until(() => dashscope.tasks().every(({ state, order }) => state === 'SUCCEEDED' || match(order)))
  }

  /** A worker starts so many hours later, by every clock there is, and has time for all but some of the edits. */
  const comeBack = async (hours: number, stillRun: readonly Left[]) => {
    const { world } = story
    const { redis } = world
    movedMs += hours * hourMs
    await age(redis, hours * hourMs)
    const time = `{ redis.call('TIME')[1] + ${movedMs / 1000}, redis.call('TIME')[2] }`
    const ledger = (_: unknown, own: typeof redis, prefix: string) => openLedger(withTime(own, time), prefix)
    const worker = await world.startWorker({ overrides: { seams: { ledger } } })
    const others = cases.filter((each) => !stillRun.includes(each))
    const look = async () => (await Promise.all(others.map(read))).filter((edit) => edit !== undefined)
    const isSettled = ({ state }: Edit) => isTerminal(state) || state === 'review'
    await until(
      async () => (await look()).every(isSettled),
      30_000,
      async () => (await look()).map(({ request, state }) => `${request.prompt}: ${state}`),
    )
    await worker.stop()
  }

  it('with edits in every state: each ends or is held, is paid and told once, and no image is lost that could be had', async () => {
    await leaveAll()
    const neverDone = cases.filter(({ left }) => left.endsWith('never done'))
    await comeBack(30, neverDone)
    expect(await Promise.all(neverDone.map(read))).toMatchObject([{ state: 'running' }])
    await comeBack(20, [])

    const told = await story.told()
    const found = await Promise.all(
      cases.map(async (each) => {
        const edit = await read(each)
        const key = edit?.images?.[0]?.stored?.key
        return {
          left: each.left,
          state: edit?.state,
          because: edit?.failure?.code ?? edit?.uncertainBecause ?? '',
          billed: billedOf(each),
          stored: story.images().filter((image) => image.key === key).length,
          told: told.filter(({ subject }) => subject === edit?.id).map(({ type }) => type),
        }
      }),
    )
    expect(found).toEqual(
      cases.map(({ left, ends: [state, because = ''], billed }) => ({
        left,
        state,
        because: expect.stringContaining(because),
        billed,
        stored: state === 'succeeded' ? 1 : 0,
        told: [`restyle.edit.${state === 'review' ? 'held' : state}`],
      })),
    )
    expect(story.images()).toHaveLength(cases.filter(({ ends }) => ends[0] === 'succeeded').length)
  }, 120_000)
})
