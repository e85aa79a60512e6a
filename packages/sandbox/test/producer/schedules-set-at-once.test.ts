import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openScheduleWorld, type ScheduleWorld } from './schedule-world.ts'

const program = fileURLToPath(new URL('./set-schedule.ts', import.meta.url))
const [processes, timesEach] = [4, 50]

describe('a schedule that several processes set at the same time', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    world = await openScheduleWorld({ pace: { everyMs: 3600_000, watchMs: 3600_000 } })
  })
  afterAll(() => world.stop())

  /** Sets it so often; is killed in between, and starts again. */
  async function setOften(killAfter: number): Promise<void> {
    let [done, killed] = [0, false]
    while (done < timesEach) {
      const args = [program, world.server.redis.url, world.server.s3.url, String(timesEach - done)]
      const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      child.stdout?.on('data', (dots: Buffer) => {
        done += dots.length
        if (!killed && done >= killAfter) {
          killed = true
          child.kill('SIGKILL')
        }
      })
      const [code] = (await once(child, 'close')) as [number | null]
      if (code !== null && code !== 0) throw new Error(`it ended with ${code}`)
    }
    expect(killed).toBe(true)
  }

  it('is one schedule with one time to wake, although each was killed', async () => {
    await Promise.all(Array.from({ length: processes }, (_, i) => setOften(1 + i * 9)))
    expect(await world.ledger.schedules.list('acme')).toEqual(['nightly'])
    expect(await world.redis.zrange(`${world.prefix}:schedules`, '0', '-1')).toEqual(['acme nightly'])
    const read = await world.ledger.schedules.read({ producer: 'acme', name: 'nightly' })
    const [wakeAt] = (await world.redis.zrange(`${world.prefix}:schedules`, '0', '-1', 'WITHSCORES')).slice(1)
    expect(new Date(Number(wakeAt)).toISOString()).toMatch(/T2[01]:00:00.000Z$/)
    expect(read?.schedule.counts).toEqual({ due: 0, started: 0, skipped: 0 })
    // of those that came first at the same time, each may have written it down
    const written = world.server.s3
      .objects('images')
      .filter(({ key }) => key.startsWith('receipts/schedules/'))
    expect(written.length).toBeLessThanOrEqual(processes)
  })
})
