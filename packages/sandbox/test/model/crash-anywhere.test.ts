import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { sequences, sequencesOfEverything, sequencesThatLast, sequencesWithRewinds } from './actions.ts'
import { sequencesWithForgottenOrders, sequencesWithOrders } from './order-actions.ts'
import { sequencesInAll } from './config.ts'
import { runSequences } from './run-sequences.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
})
afterAll(() => server.stop())

/** `part` of a hundred. */
const share = (part: number): number => Math.ceil((sequencesInAll * part) / 100)

describe(`${sequencesInAll} sequences of crashes anywhere`, () => {
  it('never pays twice, loses an image or leaves an edit behind, while edits share a prompt', async () => {
    await expect(
      runSequences(server, { sequences, samePrompt: true, runs: share(35) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('never does when Redis goes back in time, or forgets everything', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: false, runs: share(20) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('never does when Redis goes back while the bucket knows every outcome and edits share a prompt', async () => {
    await expect(
      runSequences(server, { sequences: sequencesWithRewinds, samePrompt: true, runs: share(15) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('never does when days pass, the vendor refuses to tell, or the lane changes', async () => {
    await expect(
      runSequences(server, { sequences: sequencesThatLast, samePrompt: true, runs: share(10) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('never does when a backup comes back beside all that', async () => {
    await expect(
      runSequences(server, { sequences: sequencesOfEverything, samePrompt: false, runs: share(10) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('submits nothing that was canceled or is paused, and loses no row, while a person steers', async () => {
    const steered = { samePrompt: true, steered: true }
    await expect(
      runSequences(server, { ...steered, sequences: sequencesWithOrders, runs: share(5) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)

  it('keeps what a person was answered when Redis goes back in time', async () => {
    const steered = { samePrompt: false, steered: true }
    await expect(
      runSequences(server, { ...steered, sequences: sequencesWithForgottenOrders, runs: share(5) }),
    ).resolves.toBeUndefined()
  }, 1_200_000)
})
