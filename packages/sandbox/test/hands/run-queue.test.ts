import { createLog } from '@restyle/shared/log'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { runQueue } from '@restyle/worker/hand/run-queue'
import { startRedis } from '../../src/redis/start-redis.ts'

describe('a queue', () => {
  it('whose locks are lost says so once, however long its steps last', async () => {
    const server = await startRedis()
    const connection = connectRedis(server.url, 'worker', () => {})
    const written: string[] = []
    const log = createLog('info', { write: (line) => void written.push(line) })
    const stalling = { lockMs: 4_000, checkMs: 2_000 }
    const settings = { connection, prefix: '{test}', stalling, log }
    const worker = runQueue(
      'poll',
      1,
      async () => undefined,
      () => ({}),
      settings,
    )
    try {
      for (let i = 0; i < 600; i += 1)
        worker.emit('error', new Error(`could not renew lock for job edit_${i % 7}`))
      worker.emit('error', new Error('READONLY You cannot write against a read only replica.'))
      worker.emit('error', new Error('something else'))
      expect(written.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { msg: 'queue did not answer', error: 'could not renew lock for job edit_0' },
        { msg: 'queue did not answer', error: 'something else' },
      ])
    } finally {
      await worker.close()
      connection.disconnect()
      await server.stop()
    }
  })
})
