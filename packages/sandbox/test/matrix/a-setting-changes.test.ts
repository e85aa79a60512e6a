import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { openStore } from '@restyle/shared/store/store'
import { type History, openHistory } from '../../src/chaos/history.ts'
import { startWorkers, type Workers } from '../../src/chaos/workers.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'
import { draw, openStory, sha256, type Story, until } from '../stories/story.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

/** Workers as processes of their own, each with the settings that were changed meanwhile. */
describe('a worker that is killed after its POST, and replaced by one with other settings', () => {
  let dir: string
  let story: Story
  let second: S3Server
  let history: History
  let workers: Workers | undefined

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-setting-'))
    story = await openStory({ workers: 0 })
    second = await startS3({ ...keys, buckets: ['restyle'] })
    history = openHistory(join(dir, 'history.jsonl'))
  })
  afterEach(async () => {
    await workers?.end()
    await history.close()
    await second.stop()
    await story.stop()
    await rm(dir, { recursive: true, force: true })
  })

  async function startOne(more: Record<string, string>): Promise<Workers> {
    const { redisServer, s3, dashscope } = story.world
    const env = {
      REDIS_URL: redisServer.url,
      S3_ENDPOINT: s3.url,
      S3_BUCKET: 'restyle',
      S3_ACCESS_KEY_ID: keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      DASHSCOPE_API_KEY: 'sk-sandbox',
      DASHSCOPE_BASE_URL: dashscope.url,
      RESTYLE_POST_DEADLINE_MS: '1000',
      RESTYLE_RECEIPT_DEADLINE_MS: '700',
      RESTYLE_SETTLE_MS: '1000',
      LOG_LEVEL: 'warn',
      ...more,
    }
    const portOf = (url: string) => Number(new URL(url).port)
    const results = portOf(dashscope.origin)
    const ports = [portOf(redisServer.url), portOf(s3.url), portOf(second.url), results]
    const started = startWorkers(1, { env, ports, results: [results] }, history, new PassThrough().resume())
    await started.ready()
    return started
  }

  /** The other bucket could serve a second submit. */
  async function bringSource(): Promise<void> {
    const store = openStore({
      endpoint: second.url,
      region: 'us-east-1',
      bucket: 'restyle',
      forcePathStyle: true,
      ...keys,
    })
    const bytes = await draw(20)
    const facts = { contentType: 'image/png', sha256: sha256(bytes) }
    await store.putIfAbsent(`sources/local/${sha256(bytes)}`, bytes, facts)
    store.close()
  }

  it.each([
    ['another bucket', {}, () => ({ S3_ENDPOINT: second.url })],
    [
      'receipts, which were off',
      { S3_CREATE_ONCE: 'off' },
      (): Record<string, string> => ({ S3_CREATE_ONCE: 'if-none-match' }),
    ],
    [
      'no receipts any more',
      { S3_CREATE_ONCE: 'if-none-match' },
      (): Record<string, string> => ({ S3_CREATE_ONCE: 'off' }),
    ],
  ] as [string, Record<string, string>, () => Record<string, string>][])(
    '(%s) submits nothing a second time: the task is found and adopted',
    async (_, before, after) => {
      await bringSource()
      workers = await startOne(before)
      workers.expect([{ point: 'answered', nth: 1, deed: 'kill', ms: 0 }])
      const id = await story.enqueue()
      await until(() => history.entries.some(({ what }) => what === 'left'))
      // the one that takes its place at once has the old settings
      await workers.end()
      expect((await story.world.ledger.read(id))?.state).toBe('submitting')
      workers = await startOne(after())
      const [event] = await story.ended([id])
      expect(event?.type).toBe('restyle.edit.succeeded')
      expect(story.world.dashscope.posts).toHaveLength(1)
      expect(story.world.dashscope.bill.images).toBe(1)
    },
    90_000,
  )
})
