import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit } from '@restyle/shared/contract/edit'
import { type Freed, subscribeFreed } from '@restyle/shared/ledger/freed'
import type { Queues } from '@restyle/shared/queues'
import { roomOf } from '@restyle/worker/lane/lane'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { dispatch, type DispatchTools } from '@restyle/worker/submit/dispatch'
import type { Sources } from '@restyle/worker/submit/source-addresses'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { asked } from '../ledger/ledger-world.ts'
import { type Hands, laneId, openHands, place } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let freed: Freed
let stop: AbortController
let running: Promise<void>
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  stop = new AbortController()
  hands = openHands(redis, `{dispatch${tests}}`)
  const { id, model } = hands.lane({})
  freed = await subscribeFreed(new Redis(server.url), hands.prefix, [{ id, model: model.id }])
})
afterEach(async () => {
  stop.abort()
  await running
  await freed.stop()
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const ready: Sources = { kind: 'ready', urls: ['https://x.test/a.png'], usesOss: false, until: Infinity }
const deadlines = { postMs: 6_000, receiptMs: 3_000, queryMs: 1_000 }

/** Fills lane `one`, as a worker does. Gives the prompts of its POSTs, and the edits whose next hand was woken. */
function start({
  answer = async (prompt: string): Promise<SubmitOutcome> => ({ kind: 'accepted', taskId: `task ${prompt}` }),
  sourcesOf = async (): Promise<Sources> => ready,
  more = {},
}: {
  answer?: (prompt: string) => Promise<SubmitOutcome>
  sourcesOf?: (edit: Edit) => Promise<Sources>
  more?: Partial<DispatchTools>
} = {}) {
  const [posted, woken]: [string[], string[]] = [[], []]
  const lane = hands.lane({
    submit: async (_, body) => {
      const { prompt } = (body as { input: { prompt: string } }).input
      posted.push(prompt)
      return answer(prompt)
    },
  })
  const wake = async ({ id, state }: Edit) => void woken.push(`${id} ${state}`)
  running = dispatch(lane, {
    ...hands.context,
    stopping: stop.signal,
    queues: { wake } as unknown as Queues,
    breakers: openBreakers(),
    deadlines,
    freed,
    gate: { opened: async () => true },
    addresses: { of: sourcesOf },
    roomOf: () => roomOf(lane, deadlines, 10, place),
    writer: 'w',
    ...more,
  })
  return { posted, woken }
}

const enqueue = (id: string, images = ['https://x.test/a.png']) => {
  const edit = asked(id)
  return hands.ledger.accept([{ ...edit, request: { ...edit.request, images, prompt: id } }])
}
const stateOf = async (id: string) => (await hands.read(id)).state

describe('a lane of a worker', () => {
  it('takes what is there, and what comes while it is idle, at once', async () => {
    await enqueue('a')
    const { posted, woken } = start()
    await until(() => woken.includes('a running'), 4_000)
    await enqueue('b')
    await until(() => woken.includes('b running'), 4_000)
    expect(posted).toEqual(['a', 'b'])
  })

  it('takes no more than may run, and the next one as soon as a slot is free', async () => {
    for (const id of ['a', 'b', 'c']) await enqueue(id)
    const { posted, woken } = start()
    await until(() => woken.length === 2, 4_000)
    expect(await stateOf('c')).toBe('queued')
    await hands.moved(await hands.read('a'), { to: 'rendered', set: { images: [] }, expiresAt: 9 })
    await until(() => posted.includes('c'), 900)
  })

  it('makes sources ready before it admits their edit, and lets others go meanwhile', async () => {
    const arrived = Promise.withResolvers<Sources>()
    const sourcesOf = async ({ id }: Edit) => (id === 'far' ? arrived.promise : ready)
    await enqueue('far', ['s3://photos/a.png'])
    await enqueue('near')
    const { posted } = start({ sourcesOf })
    await until(() => posted.includes('near'), 4_000)
    expect(await stateOf('far')).toBe('queued')
    expect(await redis.zcard(hands.keys.running(laneId))).toBe(1)
    arrived.resolve(ready)
    await until(() => posted.includes('far'), 15_000)
  })

  it('lets an edit step aside whose source cannot be read', async () => {
    const trouble: Sources = {
      kind: 'trouble',
      code: 'AccessDenied',
      message: 'no',
      refused: true,
      place: 's3://p',
    }
    await enqueue('bad', ['s3://photos/a.png'])
    await enqueue('good')
    const { posted } = start({ sourcesOf: async ({ id }) => (id === 'bad' ? trouble : ready) })
    await until(() => posted.includes('good'), 4_000)
    await until(async () => (await hands.read('bad')).sourceTrouble?.refusals === 1, 4_000)
    expect(await stateOf('bad')).toBe('queued')
  })

  it('has an edit looked up whose step failed, and goes on', async () => {
    let failed = false
    const answer = async (prompt: string): Promise<SubmitOutcome> => {
      if (prompt === 'a' && !failed) {
        failed = true
        throw new Error('a bug')
      }
      return { kind: 'accepted', taskId: prompt }
    }
    await enqueue('a')
    await enqueue('b')
    const { woken } = start({ answer })
    await until(() => woken.includes('a submitting') && woken.includes('b running'), 4_000)
    expect(hands.errors()).toEqual(['step failed and its edit is looked up'])
  })

  it('ends when the submits under way have ended, and takes nothing more', async () => {
    const answered = Promise.withResolvers<SubmitOutcome>()
    await enqueue('a')
    const { posted } = start({ answer: () => answered.promise })
    await until(() => posted.length === 1, 4_000)
    stop.abort()
    await enqueue('b')
    const before = await Promise.race([
      running.then(() => 'ended'),
      new Promise((go) => setTimeout(go, 50, 'waits')),
    ])
    expect(before).toBe('waits')
    answered.resolve({ kind: 'accepted', taskId: 't' })
    await running
    expect([await stateOf('a'), await stateOf('b')]).toEqual(['running', 'queued'])
  })

  it('asks nothing before the bucket was found sound', async () => {
    const open = Promise.withResolvers<boolean>()
    await enqueue('a')
    const { posted } = start({ more: { gate: { opened: () => open.promise } } })
    await new Promise((go) => setTimeout(go, 50))
    expect([posted, await stateOf('a')]).toEqual([[], 'queued'])
    open.resolve(true)
    await until(() => posted.length === 1, 4_000)
  })
})
