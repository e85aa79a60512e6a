import type { Edit } from '@restyle/shared/contract/edit'
import { claimTask, readAttempt, readEnded } from '@restyle/shared/receipt/receipt'
import { type Lane } from '@restyle/worker/lane/lane'
import { reconcile, type ReconcileTools } from '@restyle/worker/reconcile/reconcile'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands } from './open-hands.ts'
import { listing, page, reconcileTools, uncertainEdit } from './uncertain.ts'

const minute = 60_000
const hour = 60 * minute

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{reconcile${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const toolsFor = (lanes: readonly Lane[], more: Partial<ReconcileTools> = {}) =>
  reconcileTools(hands, lanes, more)
const uncertain = (fields: Record<string, unknown> = {}, agoMs?: number) =>
  uncertainEdit(hands, fields, agoMs)
const refusing = (action: 'refused' | 'pauseLane' | 'retryLater', code: string) => async () => ({
  kind: 'unanswered' as const,
  code,
  message: 'not for you',
  action,
})
const heldLine = 'submit stays uncertain: a person decides'

describe('looking up an uncertain edit', () => {
  it('that is older than the vendor’s memory holds it, and asks nobody', async () => {
    const edit = await uncertain({}, 25 * hour)
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane({})]))
    expect(after).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('24 h') })
    expect(hands.errors()).toEqual([heldLine])
  })

  it('is held too where the machine slept before it asked, and the vendor has forgotten meanwhile', async () => {
    let slept = 0
    const client = {
      list: async () => {
        slept = 25 * hour
        return page()
      },
    }
    const { ledger } = hands.context
    const later = { ...ledger, now: async () => (await ledger.now()) + slept }
    const { edit } = await reconcile(await uncertain(), toolsFor([hands.lane(client)], { ledger: later }))
    expect(edit).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('24 h') })
  })

  it('pauses the lane and calls a person where the account is refused', async () => {
    const lane = hands.lane({ list: refusing('pauseLane', 'AccessDenied') })
    const step = await reconcile(await uncertain(), toolsFor([lane]))
    expect(step).toMatchObject({
      edit: { state: 'uncertain', looks: { why: 'account', times: 1 } },
      inMs: 2_000,
    })
    expect(await hands.ledger.lanes.pausedBy(laneId)).toMatchObject({ code: 'AccessDenied' })
    expect(hands.errors()).toEqual(['lane paused for a minute: the account needs a person'])
  })

  it.each([
    ['the list is refused', { list: refusing('refused', 'InvalidParameter') }],
    ['the list is garbled', { list: refusing('retryLater', 'Garbled') }],
    ['a task of the list is refused', { ...listing('t1'), task: refusing('refused', 'InvalidParameter') }],
  ])('ends for a person where %s again and again, with an alarm before', async (_, client) => {
    const tools = toolsFor([hands.lane(client)])
    const looks = { why: 'refused', times: 4, since: Date.now() }
    const again = await reconcile(await uncertain({ looks }), tools)
    expect(again.edit).toMatchObject({ state: 'uncertain', looks: { times: 5, alarmed: true } })
    expect(hands.errors()).toEqual(['uncertain edit could not be looked up again and again'])
    const long = { why: 'refused', times: 9, since: Date.now() - 11 * minute, alarmed: true }
    const { edit } = await reconcile(await hands.rewrite('e', { looks: long }), tools)
    expect(edit).toMatchObject({ state: 'review', uncertainBecause: expect.stringContaining('not for you') })
    expect(await hands.ledger.lanes.runningCount('one')).toBe(0)
    expect(hands.errors().slice(1)).toEqual([heldLine])
  })

  it('forgets the looks that told nothing once the list is answered', async () => {
    const looks = { why: 'refused', times: 9, since: 1 }
    const { edit } = await reconcile(await uncertain({ looks }, 1_000), toolsFor([hands.lane(listing())]))
    expect(edit.state).toBe('uncertain')
    expect((await hands.read('e')).looks).toBeUndefined()
  })

  it('takes a task that is on two pages of the list for one', async () => {
    const lane = hands.lane({
      ...listing(),
      list: async ({ page: at }) => ({ ...page('t1'), totalPages: 2, page: at }),
      task: listing('t1').task,
    })
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't1' })
  })

  it('reads the list to its last page', async () => {
    const lane = hands.lane({
      ...listing(),
      list: async ({ page: at }) => ({ ...(at === 2 ? page('t2') : page()), totalPages: 2, page: at }),
    })
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    expect(edit).toMatchObject({ state: 'running', taskId: 't2' })
  })

  /** Another edit of the lane claims a task in the bucket, and the ledger has forgotten it. */
  const claimedByAnother = (edit: Edit, taskId: string) =>
    claimTask(hands.store, { ...edit, id: 'other' }, taskId)

  it('leaves the task alone that only the bucket knows as another edit’s', async () => {
    const unsure = await uncertain()
    await claimedByAnother(unsure, 't1')
    const { edit } = await reconcile(unsure, toolsFor([hands.lane(listing('t1'))]))
    expect(edit).toMatchObject({ state: 'queued', returned: { times: 1 } })
  })

  it('does not adopt a task that another edit claims in the same moment', async () => {
    const unsure = await uncertain()
    const { list, task } = listing('t1')
    const lane = hands.lane({
      list,
      task: async (taskId) => {
        await claimedByAnother(unsure, taskId)
        return task(taskId)
      },
    })
    const { edit } = await reconcile(unsure, toolsFor([lane]))
    expect(edit.state).toBe('uncertain')
    expect(edit.taskId).toBeUndefined()
    expect((await readAttempt(hands.store, 'e', 1)).answer).toBeUndefined()
  })

  it('keeps the tasks that could be its own from all others until a person has decided', async () => {
    const lane = hands.lane(listing('t1', 't2'))
    const { edit } = await reconcile(await uncertain(), toolsFor([lane]))
    const told = { state: 'succeeded', images: 1, submittedAt: 1_800_000_000_000, echo: 'same' }
    expect(edit).toMatchObject({
      state: 'review',
      candidates: ['t1', 't2'],
      foundTasks: [
        { taskId: 't1', ...told },
        { taskId: 't2', ...told },
      ],
    })
    expect(await hands.ledger.ownerOf(laneId, ['t1', 't2'])).toEqual(['e', 'e'])
  })
})

describe('an edit whose submit was proven absent', () => {
  const said = { cause: '5xx', code: 'Http500', message: 'cannot open the picture' }

  it('goes back after its neighbours, and the ledger counts', async () => {
    const step = await reconcile(await uncertain({ said }), toolsFor([hands.lane(listing())]))
    expect(step).toMatchObject({
      edit: { state: 'queued', returned: { why: '5xx Http500', times: 1, inAll: 1 } },
    })
    expect(await hands.waitsFor(step.edit.id)).toBeGreaterThan(9_000)
    expect(hands.errors()).toEqual([])
  })

  it('fails with the vendor’s words at the third time, which the bucket notes', async () => {
    const returned = { why: '5xx Http500', times: 2, inAll: 2 }
    const edit = await uncertain({ said, returned })
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane(listing())]))
    const failure = { code: 'Http500', message: 'cannot open the picture' }
    expect(after).toMatchObject({ state: 'failed', failure })
    expect(await readEnded(hands.store, 'e', 1)).toEqual({ state: 'failed', failure })
    expect(hands.errors()).toEqual(['submit came to nothing again and again, the edit failed'])
  })

  it.each([
    [8, 'queued'],
    [9, 'review'],
  ])('where the policy resubmits is so %i times and then %s: each may be billed', async (times, state) => {
    const returned = { why: 'resubmitted', times, inAll: times }
    const tools = toolsFor([hands.lane({})], { onUnknown: 'resubmit' })
    const { edit } = await reconcile(await uncertain({ returned }, 25 * hour), tools)
    expect(edit.state).toBe(state)
  })

  it('fails in our words where nobody ever answered', async () => {
    const edit = await uncertain({ said: { cause: 'reset' }, returned: { why: 'reset', times: 9, inAll: 9 } })
    const { edit: after } = await reconcile(edit, toolsFor([hands.lane(listing())]))
    expect(after).toMatchObject({ state: 'failed', failure: { code: 'NeverAnswered' } })
  })
})
