import { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Change } from '@restyle/shared/ledger/move'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { type Freed, subscribeFreed } from '@restyle/shared/ledger/freed'
import type { Wait } from '@restyle/shared/ledger/admit'
import { Redis } from 'ioredis'
import { lane } from './ledger-world.ts'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'

let server: RedisServer
let redis: Redis
let ledger: Ledger
let freed: Freed
let prefix: string
let tests = 0
const forever = new AbortController().signal

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  prefix = `{freed${tests}}`
  ledger = openLedger(redis, prefix)
  freed = await subscribeFreed(new Redis(server.url), prefix, [
    { id: 'one', model: lane.model },
    { id: 'two', model: lane.model },
  ])
})
afterEach(() => freed.stop())
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** An edit that holds a slot of lane `one`, and whose POST is under way. */
async function submitting(id: string): Promise<Edit> {
  const request = EditRequest.parse({ prompt: id, images: ['https://example.com/a.png'] })
  await ledger.accept([{ id, producer: 'acme', batch: '', row: 0, key: id, request, bodyHash: id }])
  const edit = await ledger.read(id)
  if (edit === undefined) throw new Error('not accepted')
  const answer = await ledger.admit({ ...lane, running: 9, posting: 9 })
  if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer))
  return answer.edit
}

async function moved(edit: Edit, change: Change): Promise<Edit> {
  const answer = await ledger.move(edit, change)
  if (answer.kind !== 'moved') throw new Error(answer.kind)
  return answer.edit
}

/** Resolves to `word` when this is freed on the lane; it would wait far longer than the test. */
const hear = async (reason: Wait, word: string = reason, lane = 'one') => {
  await freed.wait([{ lane, reason }], 600_000, forever)
  return word
}

describe('whoever waits for a lane', () => {
  it('hears of the place of a POST, of a slot and of a copy, each when it is freed', async () => {
    const heard: string[] = []
    const waits = (['posting', 'slot', 'copies'] as const).map(async (reason) =>
      heard.push(await hear(reason)),
    )
    const running = await moved(await submitting('a'), {
      to: 'running',
      set: { taskId: 't', submittedAt: 1 },
    })
    await waits[0]
    expect(heard).toEqual(['posting'])
    const rendered = await moved(running, { to: 'rendered', set: { images: [] }, expiresAt: 1 })
    await waits[1]
    expect(heard).toEqual(['posting', 'slot'])
    await moved(rendered, { to: 'succeeded' })
    await waits[2]
    expect(heard).toEqual(['posting', 'slot', 'copies'])
  })

  it('hears of both when a submit is given back', async () => {
    const both = Promise.all([hear('posting'), hear('slot')])
    await moved(await submitting('a'), { to: 'queued' })
    expect(await both).toEqual(['posting', 'slot'])
  })

  it('hears that a backlog has something new, each lane of the model, also while it was asking', async () => {
    const grown = (of: string) => freed.wait([{ lane: of, reason: 'grown' }], 600_000, forever)
    const first = grown('one')
    await submitting('a')
    await first
    expect(await grown('two')).toBeUndefined()
  })

  it('misses nothing that was freed while it was asking', async () => {
    const both = Promise.all([hear('posting', 'heard'), hear('posting', 'left', 'two')])
    await moved(await submitting('a'), { to: 'queued' })
    await redis.publish(`${prefix}:lane:two:freed`, 'posting')
    await both
    // the slot was told of before the place in lane two was, and nobody waited for it
    expect(await hear('slot', 'kept')).toBe('kept')
  })

  it('waits no longer than it wants to, nor beyond the stop', async () => {
    const short = freed.wait([{ lane: 'one', reason: 'token' }], 1, forever)
    const stopped = freed.wait([{ lane: 'one', reason: 'slot' }], 600_000, AbortSignal.abort())
    expect(await Promise.all([short, stopped])).toEqual([undefined, undefined])
  })
})
