import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { sequences, sequencesOfEverything, sequencesThatLast, sequencesWithRewinds } from './actions.ts'
import { sequencesWithForgottenOrders, sequencesWithOrders } from './order-actions.ts'
import { runSequences } from './run-sequences.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
})
afterAll(() => server.stop())

describe('10,000 sequences of crashes anywhere', () => {
  it('never pays twice, loses an image or leaves an edit behind, while edits share a prompt', async () => {
    await expect(runSequences(server, { sequences, samePrompt: true, runs: 3_500 })).resolves.toBeUndefined()
  }, 600_000)

  it('never does when Redis goes back in time, or forgets everything', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: false, runs: 2_000 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('never does when Redis goes back while the bucket knows every outcome and edits share a prompt', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: true, runs: 1_500 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('never does when days pass, the vendor refuses to tell, or the lane changes', async () => {
    await expect(
      runSequences(server, { sequences: sequencesThatLast, samePrompt: true, runs: 1_000 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('never does when a backup comes back beside all that', async () => {
    await expect(
      runSequences(server, { sequences: sequencesOfEverything, samePrompt: false, runs: 1_000 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('submits nothing that was canceled or is paused, and loses no row, while a person steers', async () => {
    const steered = { samePrompt: true, steered: true }
    await expect(
      runSequences(server, { ...steered, sequences: sequencesWithOrders, runs: 500 }),
    ).resolves.toBeUndefined()
  }, 600_000)

  it('keeps what a person was answered when Redis goes back in time', async () => {
    const steered = { samePrompt: false, steered: true }
    await expect(
      runSequences(server, { ...steered, sequences: sequencesWithForgottenOrders, runs: 500 }),
    ).resolves.toBeUndefined()
  }, 600_000)
})
