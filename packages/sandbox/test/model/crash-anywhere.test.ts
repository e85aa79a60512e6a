import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { sequences, sequencesWithRewinds } from './actions.ts'
import { runSequences } from './run-sequences.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ appendonly: false, extra: ['databases 64'] })
})
afterAll(() => server.stop())

describe('10,000 sequences of crashes anywhere', () => {
  it('never pays twice, loses an image or leaves an edit behind, while edits share a prompt', async () => {
    await expect(runSequences(server, { sequences, samePrompt: true, runs: 5_000 })).resolves.toBeUndefined()
  }, 600_000)

  it('never does when Redis goes back in time, or forgets everything', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: false, runs: 3_000 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('never does when Redis goes back while nothing is in doubt and edits share a prompt', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: true, runs: 2_000 }),
    ).resolves.toBeUndefined()
  }, 600_000)
})
