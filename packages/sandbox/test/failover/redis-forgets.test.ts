import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startRedis } from '../../src/redis/start-redis.ts'
import { startSentinel } from '../../src/redis/start-sentinel.ts'
import { until } from '../stories/story.ts'
import { type Installation, openInstallation } from './open-installation.ts'

const keys = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}-${i}`)
const enqueueAll = (installation: Installation, names: string[]) =>
  Promise.all(names.map((name) => installation.enqueue(name)))

const succeeded = ({ ledger }: Installation, ids: string[]) =>
  until(
    async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
    // a wake-up that the failover lost is added again a minute later
    150_000,
    async () => (await ledger.readMany(ids)).map((edit) => `${edit?.state} ${edit?.uncertainBecause ?? ''}`),
  )

const taskIds = async ({ ledger }: Installation, ids: string[]) =>
  (await ledger.readMany(ids)).flatMap((edit) => edit?.taskId ?? [])

/** POSTs, prompts among them, billed images, and how often each image was written. */
function books({ dashscope, s3 }: Installation) {
  const images = s3.objects('restyle').filter(({ key }) => key.startsWith('local/'))
  return {
    posts: dashscope.posts.length,
    prompts: new Set(dashscope.posts.map(({ prompt }) => prompt)).size,
    billed: dashscope.bill.images,
    written: images.map(({ versionsWritten }) => versionsWritten),
  }
}

const onceEach = ({ length }: string[]) => ({
  posts: length,
  prompts: length,
  billed: length,
  written: Array.from({ length }, () => 1),
})

/** How many of these a server knows, asked directly. */
async function known(port: number, ...names: string[]): Promise<number> {
  const redis = new Redis({ host: '127.0.0.1', port })
  try {
    return await redis.exists(names.map((name) => `{restyle}:${name}`))
  } finally {
    redis.disconnect()
  }
}

const knownTo = (port: number, ids: string[]) => known(port, ...ids.map((id) => `edit:${id}`))

const urlOf = ({ sentinels, name }: Awaited<ReturnType<typeof startSentinel>>) =>
  `redis+sentinel://${sentinels.map(({ host, port }) => `${host}:${port}`).join(',')}/${name}`

// most of each is waiting, so they wait together
describe('a failover of Redis', () => {
  it.concurrent('loses nothing and doubles nothing when the replica was in step', async () => {
    const sentinel = await startSentinel()
    const installation = await openInstallation(urlOf(sentinel))
    try {
      const ids = await enqueueAll(installation, keys(8, 'good'))
      await until(async () => (await taskIds(installation, ids)).length >= 3)
      await sentinel.killMaster()
      await succeeded(installation, ids)
      expect(books(installation)).toEqual(onceEach(ids))
    } finally {
      await installation.stop()
      await sentinel.stop()
    }
  }, 240_000)

  it.concurrent('submits nothing twice although admissions and task ids that were acknowledged are lost', async () => {
    const sentinel = await startSentinel({ proxied: true })
    const installation = await openInstallation(urlOf(sentinel))
    try {
      const before = await enqueueAll(installation, keys(3, 'before'))
      await installation.redis.wait(1, 5_000)
      const replica = await sentinel.replica()
      sentinel.link?.faults.blackhole()
      const names = keys(6, 'after')
      const lost = await enqueueAll(installation, names)
      await until(async () => (await taskIds(installation, lost)).length >= 3)
      expect(await knownTo(replica.port, lost)).toBe(0)

      await sentinel.killMaster()
      // whoever was told "accepted" may ask again: same key, same id, same receipts
      expect(await enqueueAll(installation, names)).toEqual(lost)
      await succeeded(installation, [...before, ...lost])
      expect(books(installation)).toEqual(onceEach([...before, ...lost]))
    } finally {
      await installation.stop()
      await sentinel.stop()
    }
  }, 240_000)
})

describe('a Redis that is killed', () => {
  it.concurrent('loses nothing and doubles nothing when it keeps an append-only file', async () => {
    const server = await startRedis()
    const installation = await openInstallation(server.url)
    try {
      const ids = await enqueueAll(installation, keys(8, 'kept'))
      await until(async () => (await taskIds(installation, ids)).length >= 3)
      await server.kill()
      await server.restart()
      expect(await knownTo(server.port, ids)).toBe(ids.length)
      await succeeded(installation, ids)
      expect(books(installation)).toEqual(onceEach(ids))
    } finally {
      await installation.stop()
      await server.stop()
    }
  }, 240_000)

  it.concurrent('submits nothing twice when its file is gone and it has forgotten everything', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'restyle-failover-'))
    const server = await startRedis({ dir })
    const installation = await openInstallation(server.url)
    try {
      const names = keys(8, 'gone')
      const ids = await enqueueAll(installation, names)
      await until(async () => (await taskIds(installation, ids)).length >= 3)
      await server.kill()
      await rm(join(dir, 'appendonlydir'), { recursive: true })
      await server.restart()
      expect(await known(server.port, 'apikey:local')).toBe(0)
      await installation.installKey()
      expect(await enqueueAll(installation, names)).toEqual(ids)
      await succeeded(installation, ids)
      expect(books(installation)).toEqual(onceEach(ids))
    } finally {
      await installation.stop()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    }
  }, 240_000)
})
