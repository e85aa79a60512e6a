import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { writeAnswer, writeIntent } from '@restyle/shared/receipt/receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import type { Store } from '@restyle/shared/store/store'
import { untimed } from '@restyle/worker/hand/pulse'
import { audit } from '@restyle/worker/rebuild/audit'
import { rebuild, type RebuildTools } from '@restyle/worker/rebuild/rebuild'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked } from '../ledger/ledger-world.ts'
import { until } from '../stories/story.ts'
import { type Hands, openHands } from './open-hands.ts'

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
  hands = openHands(redis, `{rebuild${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  rows: openRowReader(hands.store),
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
  told: new Set(),
})
const promise = (id: string, edits: NewEdit[], batch?: NewBatch) =>
  writeAcceptance(hands.store, id, { v: 1, batch, edits }, Date.now())
const since = () => Date.now() - 3600_000

describe('a rebuild', () => {
  const batch: NewBatch = { id: 'batch_1', producer: 'acme', name: '', total: 2, bodyHash: 'h' }
  const rows = [0, 1].map((row) => asked(`batch_1-${row}`, { batch: 'batch_1', row }))

  it('shows progress in an hour of many promises that are all known, and ends amid it when told to', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => asked(`edit_${i}`))
    for (const edit of many) await promise(edit.id, [edit])
    await hands.ledger.accept(many)
    const over = new AbortController()
    let beats = 0
    const beat = () => void (beats += 1)
    await rebuild(since(), tools(), { signal: over.signal, beat })
    const hours = 3
    expect(beats).toBeGreaterThanOrEqual(hours + 1)
    over.abort()
    beats = 0
    await rebuild(since(), tools(), { signal: over.signal, beat })
    expect(beats).toBeLessThanOrEqual(hours)
  })

  it('puts back an edit that was promised a moment ago', async () => {
    await promise('edit_1', [asked('edit_1')])
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1, missed: 0 })
    expect(await hands.read('edit_1')).toMatchObject({ state: 'queued', attempt: 0 })
  })

  it('puts back the rows that are missing of a batch that is known', async () => {
    await promise('batch_1', rows, batch)
    await hands.ledger.openBatch(batch)
    await hands.ledger.accept(rows.slice(0, 1))
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1 })
    expect(await hands.ledger.readMap('batch_1')).toBe('qq')
  })

  it('puts back all others where the receipts of one cannot be read, and a person hears of it', async () => {
    const torn = asked('edit_0')
    const facts = { contentType: 'application/json', sha256: 's' }
    await hands.store.putIfAbsent('receipts/edit_0/1/intent', Buffer.from('{"v":1,"wri'), facts)
    await promise('edit_0', [torn])
    await promise('edit_1', [asked('edit_1')])
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1, poisoned: 1, missed: 0 })
    expect(await hands.ledger.known(['edit_0', 'edit_1'])).toEqual([false, true])
    expect(hands.errors()).toEqual(['promise cannot be put back, all others are'])
  })

  it('opens a batch that was forgotten, so that its end is told', async () => {
    await promise('batch_1', rows, batch)
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 2 })
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ total: 2, queued: 2 })
  })

  it('goes on from the tenth attempt, not from the ninth', async () => {
    await promise('edit_1', [asked('edit_1')])
    const edit = await hands.admitted(await hands.queued('edit_1'))
    for (const attempt of [9, 10]) {
      const taskId = `task-${attempt}`
      await writeIntent(hands.store, { ...edit, attempt }, 'w')
      await writeAnswer(hands.store, { ...edit, attempt }, { v: 1, outcome: 'accepted', taskId, at: 1 })
    }
    await redis.del(hands.keys.edit('edit_1'))
    await rebuild(since(), tools())
    expect(await hands.read('edit_1')).toMatchObject({ state: 'running', attempt: 10, taskId: 'task-10' })
  })
})

describe('an audit', () => {
  it('that looked at all is noted as of when it began', async () => {
    const before = Date.now()
    let listedAt = 0
    const slow: Store['list'] = async function* () {
      listedAt ||= Date.now()
      await until(() => Date.now() > listedAt)
      yield* []
    }
    await audit({ ...tools(), store: { ...hands.store, list: slow } }, untimed())
    const at = await hands.ledger.auditedAt()
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(listedAt)
  })

  it('that was given up amid its work is not noted either', async () => {
    await audit(tools(), untimed(AbortSignal.abort()))
    expect(await hands.ledger.auditedAt()).toBeUndefined()
  })

  it('that could not look at all is not noted, and looks at them again', async () => {
    await promise('edit_1', [asked('edit_1')])
    const away = tools()
    const get = async () => {
      throw Object.assign(new Error('away'), { code: 'ECONNRESET' })
    }
    await audit({ ...away, store: { ...away.store, get } }, untimed())
    expect(await hands.ledger.auditedAt()).toBeUndefined()
  })
})
