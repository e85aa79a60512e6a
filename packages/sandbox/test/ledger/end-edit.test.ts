import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Edit } from '@restyle/shared/contract/edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endAsNoted, endEdit } from '@restyle/shared/end-edit'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { readEnded } from '@restyle/shared/receipt/receipt'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Bucket, openBucket } from '../model/bucket.ts'

let server: RedisServer
let redis: Redis
let ledger: Ledger
let bucket: Bucket
let lines: Record<string, unknown>[]
let tests = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  ledger = openLedger(redis, `{end${tests}}`)
  bucket = openBucket()
  lines = []
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tools = () => {
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
  return { ledger, store: bucket.store, log: createLog('info', { write }) }
}
const failure = ownFailure('Dropped', 'enough')

async function queued(): Promise<Edit> {
  const request = EditRequest.parse({ prompt: 'p', images: ['https://example.com/a.png'] })
  await ledger.accept([{ id: 'a', producer: 'acme', batch: '', row: 0, key: 'a', request, bodyHash: 'h' }])
  const edit = await ledger.read('a')
  if (edit === undefined) throw new Error('not accepted')
  return edit
}

describe('the end of an edit', () => {
  it('is in the ledger with its failure, in the bucket with what it cost, and in the log with its code', async () => {
    const end = { state: 'failed', failure, billedMicros: 7 } as const
    expect(await endEdit(await queued(), end, tools())).toMatchObject({ kind: 'moved' })
    expect(await ledger.read('a')).toMatchObject({ state: 'failed', failure, billed: 7 })
    expect(await readEnded(bucket.store, 'a', 0)).toEqual({ state: 'failed', failure, billedMicros: 7 })
    expect(lines).toMatchObject([{ msg: 'edit ended', editId: 'a', state: 'failed', code: 'Dropped' }])
  })

  it('is noted with all that the edit cost, an earlier task too', async () => {
    const edit = { ...(await queued()), billed: 5 }
    await endEdit(edit, { state: 'canceled', billedMicros: 7 }, tools())
    expect(await readEnded(bucket.store, 'a', 0)).toEqual({ state: 'canceled', billedMicros: 12 })
  })

  it('does not wait for a bucket that is away', async () => {
    bucket.weather = 'away'
    await endEdit(await queued(), { state: 'canceled' }, tools())
    expect(await ledger.read('a')).toMatchObject({ state: 'canceled' })
  })

  it('does not come about without its note where the note is required', async () => {
    bucket.weather = 'away'
    const edit = await queued()
    await expect(
      endEdit(edit, { state: 'failed', failure, note: 'required' }, tools()),
    ).rejects.toMatchObject({ code: 'SlowDown' })
    expect(await ledger.read('a')).toEqual(edit)
  })

  it('changes nothing of an edit that somebody else moved first, and gives it as it is now', async () => {
    const old = await queued()
    await endEdit(old, { state: 'canceled' }, tools())
    const late = await endEdit(old, { state: 'failed', failure }, tools())
    expect(late).toMatchObject({ kind: 'overtaken', edit: { state: 'canceled' } })
    expect(lines).toHaveLength(1)
  })

  it('is repeated as the bucket notes it, and what the ledger knows to be billed is not billed again', async () => {
    const noted = { state: 'failed', failure, billedMicros: 7 } as const
    const again = await endAsNoted({ ...(await queued()), billed: 5 }, noted, tools())
    // the ledger's own record says 0: only what came on top of what the edit knew was added
    expect(again).toMatchObject({ kind: 'moved' })
    expect(await ledger.read('a')).toMatchObject({ state: 'failed', failure, billed: 2 })
    expect(bucket.objects.size).toBe(0)
  })
})

it('no code that is shipped moves an edit otherwise than by endEdit and moveOrReread', () => {
  const root = join(import.meta.dirname, '../../../..')
  const files = globSync('{apps,packages}/*/src/**/*.ts', { cwd: root })
    .filter((path) => !path.endsWith('.test.ts') && !path.startsWith('packages/sandbox/'))
    .filter((path) => /\bledger(\.|\?\.)(move|restore)\(/.test(readFileSync(join(root, path), 'utf8')))
  expect(files.toSorted()).toEqual([
    // puts back what the ledger has forgotten
    'apps/worker/src/rebuild/rebuild.ts',
    'packages/shared/src/end-edit.ts',
    'packages/shared/src/move-or-reread.ts',
  ])
})
