import { compileCache } from '../runner/compile-cache.ts'
import { spawn } from 'node:child_process'
import { once as heard } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { EditView } from '@restyle/shared/contract/edit'
import { type Failpoint, failpoints } from '@restyle/worker/hand/failpoints'
import { z } from 'zod'
import { type Deed, type History, openHistory } from '../../src/chaos/history.ts'
import type { Ambush } from '../../src/chaos/plan.ts'
import { startWorkers, type Workers } from '../../src/chaos/workers.ts'
import { openStory, type Story, until } from '../stories/story.ts'

let dir: string
let story: Story
let history: History
let workers: Workers
let env: Record<string, string>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restyle-dies-'))
  story = await openStory({ workers: 0 })
  const { redisServer, s3, dashscope } = story.world
  env = {
    ...compileCache,
    REDIS_URL: redisServer.url,
    S3_ENDPOINT: s3.url,
    S3_BUCKET: 'restyle',
    S3_ACCESS_KEY_ID: 'sandbox',
    S3_SECRET_ACCESS_KEY: 'sandbox-secret',
    S3_FORCE_PATH_STYLE: 'true',
    DASHSCOPE_API_KEY: 'sk-sandbox',
    DASHSCOPE_BASE_URL: dashscope.url,
    RESTYLE_POST_DEADLINE_MS: '1000',
    RESTYLE_RECEIPT_DEADLINE_MS: '700',
    RESTYLE_SETTLE_MS: '1000',
    RESTYLE_KEEP_DAYS: '0',
    LOG_LEVEL: 'warn',
  }
  const portOf = (url: string) => Number(new URL(url).port)
  const results = portOf(dashscope.origin)
  const ports = [portOf(redisServer.url), portOf(s3.url), results]
  history = openHistory(join(dir, 'history.jsonl'))
  workers = startWorkers(2, { env, ports, results: [results] }, history, new PassThrough().resume())
  await workers.ready()
}, 60_000)
afterAll(async () => {
  await workers.end()
  await history.close()
  await story.stop()
  await rm(dir, { recursive: true, force: true })
})

let edits = 0

/** What became of one edit during which workers met these deeds. */
async function lifeOf(point: Failpoint, deed: Deed, times = 1, more: Partial<Ambush> = {}) {
  edits += 1
  const prompt = `on table ${edits}`
  const struck = () => history.entries.filter((entry) => entry.what === 'point' && entry.deed !== undefined)
  const before = struck().length
  workers.expect(Array.from({ length: times }, (_, i) => ({ point, nth: i + 1, deed, ms: 0, ...more })))
  // the rows of a batch are fed to the ledger and folded, a single edit is not
  const id = /^(rows|results)-/.test(point) ? await batchOfOne(prompt) : await story.enqueue({ prompt })
  const [event] = await story.ended([id], 50_000)
  await until(() => struck().length - before >= times, 20_000)
  workers.wake()
  // whoever slept is given a second to finish what it was about to do
  await until(() => workers.asleep === 0)
  await workers.ready()
  const { body } = await story.call('GET', `/v1/edits/${id}`)
  return {
    end: event?.type,
    reads: EditView.parse(body).state,
    posts: story.world.dashscope.posts.filter((post) => post.prompt === prompt).length,
    written: story
      .images()
      .filter(({ key }) => key.includes(id.replace('-0', '/')))
      .map(({ versionsWritten }) => versionsWritten),
    told: (await story.told()).filter(({ subject }) => subject === id).length,
  }
}

/** The id of its edit. */
async function batchOfOne(prompt: string): Promise<string> {
  const edits = [{ prompt, size: '768*768', images: [await story.picture()] }]
  const { body } = await story.call('POST', '/v1/batches', { edits })
  return `${z.object({ id: z.string() }).parse(body).id}-0`
}

const once = { end: 'restyle.edit.succeeded', reads: 'succeeded', posts: 1, written: [1], told: 1 }

describe('an edit whose worker', () => {
  it.each(failpoints)(
    'is killed with -9 at the point "%s" is submitted once, stored once and told once',
    async (point) => {
      expect(await lifeOf(point, 'kill')).toEqual(once)
    },
    90_000,
  )

  it.each([
    ['admitted', 'answered'],
    ['answered', 'asked'],
    ['downloaded', 'stored'],
  ] as const)(
    'sleeps at "%s" until it was given up is submitted once, and the sleeper changes nothing',
    async (point, overtakenAt) => {
      expect(await lifeOf(point, 'stop', 1, { ms: 30_000, until: overtakenAt })).toEqual(once)
    },
    90_000,
  )

  it('computes for so long at "admitted" that it was given up is submitted once', async () => {
    expect(await lifeOf('admitted', 'block', 1, { ms: 5_000 })).toEqual(once)
  }, 90_000)

  it('dies five times over it does not fail', async () => {
    expect(await lifeOf('asked', 'kill', 5)).toEqual(once)
  }, 90_000)
})

describe('the worker as a process', () => {
  const main = fileURLToPath(new URL('../../../../apps/worker/src/main.ts', import.meta.url))
  const start = async () => {
    const child = spawn(process.execPath, [main], { env: { ...env, LOG_LEVEL: 'info' } })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const exit = heard(child, 'exit').then(([code]) => code as number | null)
    await until(
      () => said.includes('worker started'),
      20_000,
      () => said,
    )
    return { child, exit, said: () => said }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by itself on %s',
    async (signal) => {
      const { child, exit, said } = await start()
      child.kill(signal)
      expect(await exit).toBe(0)
      expect(said()).toContain('worker stopped')
    },
    60_000,
  )

  it('leaves at once on a second signal, amid a submit', async () => {
    await workers.end()
    const late = story.world.dashscope.faults.add({ at: 'submit', do: { type: 'late', ms: 900 } })
    const { child, exit } = await start()
    const id = await story.enqueue({ prompt: 'on the way out' })
    await until(() => late.fired === 1)
    child.kill('SIGTERM')
    child.kill('SIGINT')
    expect(await exit).toBe(1)
    const next = await story.world.startWorker()
    expect((await story.ended([id], 40_000))[0]?.type).toBe('restyle.edit.succeeded')
    expect(story.world.dashscope.posts.filter(({ prompt }) => prompt === 'on the way out')).toHaveLength(1)
    await next.stop()
  }, 90_000)
})
