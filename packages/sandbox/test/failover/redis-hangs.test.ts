import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { startManagedRedis, tell } from '../../src/redis/start-managed-redis.ts'
import { startSentinel } from '../../src/redis/start-sentinel.ts'
import { until } from '../stories/story.ts'
import { openInstallation } from './open-installation.ts'

// most of each is waiting, so they wait together
describe('a master that hangs', () => {
  it.concurrent('is survived although the old master keeps its connections and answers nothing', async () => {
    const sentinel = await startSentinel()
    const hosts = sentinel.sentinels.map(({ host, port }) => `${host}:${port}`).join(',')
    const installation = await openInstallation(`redis+sentinel://${hosts}/${sentinel.name}`)
    const { ledger, dashscope } = installation
    const old = await sentinel.master()
    try {
      const before = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`before-${i}`)))
      await installation.redis.wait(1, 5000)
      old.suspend()
      await sentinel.promoted(old)
      const from = performance.now()
      const after = await installation.enqueue('after')
      await until(async () => (await ledger.read(after))?.state === 'succeeded', 25_000)
      // at once: without the word of the Sentinels the silence would have to be noticed, which takes 30 s
      expect(performance.now() - from).toBeLessThan(25_000)
      // one that came to nothing when the master hung waits a while at the tail of its backlog
      const ids = [...before, after]
      await until(
        async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
        60_000,
        async () => (await ledger.readMany(ids)).map((edit) => edit?.state),
      )
      expect(dashscope.bill.images).toBe(ids.length)
    } finally {
      old.resume()
      await installation.stop()
      await sentinel.stop()
    }
  })
})

describe('a server that hangs for good behind an address that leads elsewhere by now', () => {
  it.concurrent('is left for the one behind the address', async () => {
    const managed = await startManagedRedis()
    const redis = connectRedis(managed.url, 'producer', () => {})
    const old = managed.master
    try {
      await redis.set('a', '1')
      old.suspend()
      await managed.failover('hangs')
      await until(
        () =>
          redis.set('a', '2').then(
            () => true,
            () => false,
          ),
        20_000,
      )
      expect(await tell(managed.master.port, (direct) => direct.get('a'))).toBe('2')
    } finally {
      redis.disconnect()
      old.resume()
      await managed.stop()
    }
  })
})

describe('a managed failover that leaves connections open', () => {
  it.concurrent('is survived: both apps go to the new master, and nothing is lost or doubled', async () => {
    const managed = await startManagedRedis()
    const installation = await openInstallation(managed.url)
    const { dashscope, ledger, s3 } = installation
    try {
      const before = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`before-${i}`)))
      await installation.redis.wait(1, 5000)
      await managed.failover()
      const after = await Promise.all([1, 2, 3].map((i) => installation.enqueue(`after-${i}`)))
      const ids = [...before, ...after]
      await until(
        async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
        30_000,
        async () => (await ledger.readMany(ids)).map((edit) => edit?.state),
      )
      expect(managed.proxy.faults.fired.reset).toBe(0)
      expect(dashscope.bill.images).toBe(ids.length)
      expect(s3.objects('restyle').filter(({ key }) => key.startsWith('local/'))).toHaveLength(ids.length)
    } finally {
      await installation.stop()
      await managed.stop()
    }
  })
})
