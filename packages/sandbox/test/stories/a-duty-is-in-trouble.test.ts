import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { acceptancePrefix } from '@restyle/shared/object-key'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { openStory, sha256, type Story, until } from './story.ts'

const keys = ledgerKeys(defaultPrefix)
const hourMs = 3600_000

describe('a duty', () => {
  let story: Story
  beforeEach(async () => {
    story = await openStory({ workers: 0, overrides: { backlogMs: 1_000 } })
  })
  afterEach(() => story.stop())

  const lines = (level: string, sentence: string) =>
    story.lines.filter((line) => line['level'] === level && line['msg'] === sentence)

  /** An edit whose wake-up got lost. */
  const asleep = async () => {
    const id = await story.enqueue()
    await story.world.redis.del(`${defaultPrefix}:submit.wan2.5-i2i-preview:${id}`)
    await story.world.redis.del(`${defaultPrefix}:submit.wan2.5-i2i-preview:wait`)
    await story.world.redis.zadd(keys.due, 1, id)
    return id
  }

  const promise = async (id: string, at: number, more: Partial<NewEdit> = {}) => {
    const request = EditRequest.parse({
      prompt: 'promised',
      size: '768*768',
      images: [await story.picture()],
    })
    const edit = { id, producer: 'local', batch: '', row: 0, key: 'k', request, bodyHash: 'h', ...more }
    await writeAcceptance(story.world.store, id, { v: 1, edits: [edit] }, at)
  }

  it('meets a record that it cannot read, tells it once, and wakes all others', async () => {
    const { redis } = story.world
    await redis.hset(keys.edit('newer'), { id: 'newer', state: 'orbiting', version: '1' })
    await redis.zadd(keys.due, 0, 'newer')
    const id = await asleep()
    await story.world.startWorker()
    await story.ended([id])
    await until(() => lines('error', 'edit cannot be read, and is left alone').length > 0)
    expect(lines('error', 'edit cannot be read, and is left alone')).toMatchObject([{ editId: 'newer' }])
    expect(Number(await redis.zscore(keys.due, 'newer'))).toBeGreaterThan(Date.now())

    // nor does a job for it run in circles
    await redis.zadd(keys.due, 0, 'newer')
    await until(async () => Number(await redis.zscore(keys.due, 'newer')) > 0)
    expect(lines('error', 'edit cannot be read, and is left alone')).toHaveLength(1)
    expect(lines('error', 'step failed and will be tried again')).toEqual([])
  })

  it('meets a batch and a lane that it cannot read, and puts back every other promise', async () => {
    const { redis } = story.world
    const now = Date.now()
    await promise('batch_newer', now)
    await redis.hset(keys.batch('batch_newer'), { id: 'batch_newer', total: 'many' })
    await redis.hset(keys.lanes, 'newer', '{"v":2}')
    await redis.hset(keys.accepted, 'newer', now)
    await promise('zzz', now)
    await story.world.startWorker()
    await story.ended(['zzz'])
    await until(() => lines('error', 'batch cannot be read, and is left alone').length > 0)
    expect(lines('error', 'batch cannot be read, and is left alone')).toMatchObject([{ id: 'batch_newer' }])
    expect(lines('warn', 'duty failed and will be tried again')).toEqual([])
  })

  it('hangs on the bucket’s list, and the sweep goes on', async () => {
    const { s3, ledger, redis } = story.world
    await story.world.startWorker()
    await until(() => ledger.auditedAt())
    // a producer's money is looked up before its first edit goes
    await story.ended([await asleep()])
    const hangs = s3.faults.add({ do: 'hang', operation: 'ListObjectsV2', times: Infinity })
    await redis.del(keys.turn('audit'))
    await until(() => hangs.fired > 0)
    const [event] = await story.ended([await asleep()])
    expect(event?.type).toBe('restyle.edit.succeeded')
    s3.faults.clear()
  })

  it('that hangs on it for too long is given up and begun anew, and a person hears of it once', async () => {
    const { s3, ledger, redis } = story.world
    await story.world.startWorker({
      overrides: { pace: { everyMs: 50, batchSize: 500, againMs: 60_000, auditMs: 1_000 } },
    })
    const before = await until(() => ledger.auditedAt())
    const hangs = s3.faults.add({ do: 'hang', operation: 'ListObjectsV2', times: Infinity })
    await redis.del(keys.turn('audit'))
    await until(() => hangs.fired > 1)
    const line = 'duty hangs: it was given up and is begun anew'
    expect(await until(() => lines('error', line)[0])).toMatchObject({ duty: 'audit', limitMs: 2_000 })
    s3.faults.clear()
    await promise('meanwhile', Date.now())
    const [event] = await story.ended(['meanwhile'])
    expect(event?.type).toBe('restyle.edit.succeeded')
    await until(async () => Number(await ledger.auditedAt()) > before)
    expect(lines('error', line)).toHaveLength(1)
  })

  it('puts back every promise but the one that is poisoned, which a person hears of once', async () => {
    const { store, ledger } = story.world
    const now = Date.now()
    const garbage = Buffer.from('{"v":1,"edits":[{"id":')
    const facts = { contentType: 'application/json', sha256: sha256(garbage) }
    await store.putIfAbsent(`${acceptancePrefix(now)}aaa`, garbage, facts)
    await promise('bbb', now, { key: 'bad\ud800' })
    await promise('ccc', now)
    await story.world.startWorker()
    await story.ended(['ccc'])
    expect(await ledger.auditedAt()).toBeGreaterThanOrEqual(now)
    const told = () => lines('error', 'promise cannot be put back, all others are').map((line) => line['id'])
    expect(told()).toEqual(['aaa', 'bbb'])
    const audited = await ledger.auditedAt()
    await story.world.redis.del(keys.turn('audit'))
    await until(async () => (await ledger.auditedAt()) !== audited)
    expect(told()).toHaveLength(2)
  })

  it('audits back to when it last did, though all workers were away for half a day', async () => {
    const { ledger } = story.world
    await ledger.noteAudit(Date.now() - 11 * hourMs)
    await promise('long-ago', Date.now() - 10 * hourMs)
    await story.world.startWorker()
    const [event] = await story.ended(['long-ago'])
    expect(event?.type).toBe('restyle.edit.succeeded')
  })

  it('sees a backlog that no lane serves, and one that does not move', async () => {
    const { dashscope } = story.world
    const first = await story.world.startWorker()
    dashscope.faults.add({
      at: 'submit',
      times: Infinity,
      do: { type: 'status', status: 429, code: 'Throttling', message: 'slow down', retryAfter: '1' },
    })
    const id = await story.enqueue()
    const stuck = await until(() => lines('error', 'backlog does not move')[0])
    expect(stuck).toMatchObject({ model: 'wan2.5-i2i-preview', edits: 1, lanes: ['default'] })
    await first.stop()
    const other = JSON.stringify([{ name: 'other', model: 'wan2.7-image', account: 'other' }])
    const second = await story.world.startWorker({ env: { RESTYLE_LANES: other } })
    const sentence = 'backlog waits for a model that no lane of this worker serves'
    expect(await until(() => lines('error', sentence)[0])).toMatchObject({
      model: 'wan2.5-i2i-preview',
      edits: 1,
    })
    await second.stop()
    dashscope.faults.clear()
    await story.world.startWorker()
    await story.ended([id])
  })
})
