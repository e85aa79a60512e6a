import { compileCache } from '../runner/compile-cache.ts'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { leaksIn } from '../../src/secrets/leaks.ts'
import { restyle } from './cli.ts'
import { draw, openStory, type Story, until } from './story.ts'

const vendorKey = 'sk-9f8e7d6c5b4a39281706'
const redisPassword = 'canary-right'

const fileOf = (path: string) => fileURLToPath(new URL(`../../../../apps/${path}`, import.meta.url))

/** Runs an app's file to its end, and gives all that it printed. */
const printed = (path: string, env: Record<string, string>, words: string[] = []): Promise<string> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [fileOf(path), ...words],
      { env: { ...compileCache, ...env } },
      (_error, out, err) => done(`${out}${err}`),
    )
  })

/** A run in which as much as possible goes wrong, so that much is said about it. */
describe('a key', () => {
  let story: Story
  let dir: string
  let said: string
  /** Secrets that were made in this run. */
  const made: string[] = []
  let codes: number[]

  beforeAll(async () => {
    story = await openStory({
      env: {
        DASHSCOPE_API_KEY: vendorKey,
        RESTYLE_POST_DEADLINE_MS: '2000',
        RESTYLE_RECEIPT_DEADLINE_MS: '1000',
        RESTYLE_SETTLE_MS: '200',
      },
      dashscope: { apiKeys: [vendorKey] },
    })
    dir = await mkdtemp(join(tmpdir(), 'restyle-story-'))
    for (let i = 0; i < 4; i += 1) await writeFile(join(dir, `${i}.png`), await draw(i * 90))
    const { dashscope, s3, ledger, apiKey, url } = story.world
    const broken = `no such key ${vendorKey} for https://x.example/a.png?Expires=1&Signature=abcdef`
    // our own key is taken out of the vendor's words at once; one that we do not know, only by the log
    const soon = Math.ceil(Date.now() / 1000) + 3
    const strange = `${broken}, did you mean sk-00112233445566778899?`
    dashscope.faults.add({
      at: 'api',
      do: { type: 'status', status: 401, code: 'InvalidApiKey', message: strange },
    })
    dashscope.faults.add({ at: 'submit', do: { type: 'reset' } })
    dashscope.faults.add({ at: 'query', do: { type: 'status', status: 500, message: broken } })
    dashscope.faults.add({ at: 'result', do: { type: 'status', status: 403, message: broken } })
    dashscope.faults.add({ at: 'result', do: { type: 'truncated', framing: 'length' } })
    dashscope.faults.add({
      at: 'task',
      times: 2,
      do: { type: 'fail', code: 'InvalidURL', message: broken },
    })
    dashscope.faults.add({
      at: 'task',
      times: 3,
      do: { type: 'result-url', url: `http://127.0.0.1:1/a?Expires=${soon}&Signature=abcdef` },
    })
    s3.faults.add({ operation: 'PutObject', key: /^local\//, do: 'refuse', code: 'SlowDown', times: 4 })

    const running = restyle(story.world, dir, 'run', '.', '--prompt', 'on oak', '--size', '768*768')
    await until(() => ledger.lanes.pausedBy(story.lane))
    await ledger.lanes.resume(story.lane)
    const ran = await running
    const wrong = await restyle(story.world, dir, '--key', `${apiKey}x`, 'events')
    codes = [ran.code, wrong.code]
    const events = await restyle(story.world, dir, 'events')
    await fetch(`${url}/v1/edits/x?key=${apiKey}`, { headers: { authorization: `Bearer ${apiKey}y` } })
    const told = [ran.stdout, ran.stderr, wrong.stdout, wrong.stderr, events.stdout]
    told.push(...(await answers()), ...(await programs()))
    // a log is a line behind what it tells of
    await until(() => story.text().includes('key revoked'))
    said = [story.text(), ...told, ...(await filesOf(dir))].join('\n')
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  /** Answers of every kind: keys that are made and end, lists, refusals, and what is not there. */
  async function answers(): Promise<string[]> {
    const kept: string[] = []
    const ask = async (...[method, path, body, headers]: Parameters<Story['call']>) => {
      const answer = await story.call(method, path, body, headers)
      const head = JSON.stringify([...answer.headers])
      const { key, ...rest } = answer.body as { key?: string; id?: string }
      // the one time that a key is shown
      if (key !== undefined) made.push(key.split('_')[2] ?? '')
      kept.push(head, JSON.stringify(rest))
      return { id: String(rest.id), key: String(key) }
    }
    const first = await ask('POST', '/v1/keys', { producer: 'other', scopes: ['edits:read'] })
    const next = await ask('POST', `/v1/keys/${first.id}/rotate`, { overlapSeconds: 60 })
    const authorization = `Bearer ${next.key}`
    await ask('GET', '/v1/key', undefined, { authorization })
    await ask('GET', '/v1/events', undefined, { authorization })
    await ask('DELETE', `/v1/keys/${first.id}?successors=true`)
    for (const path of [
      'keys',
      'events',
      'edits',
      'batches',
      'producers',
      'lanes',
      'usage',
      'reviews',
      next.key,
    ])
      await ask('GET', `/v1/${path}`)
    await ask('POST', '/v1/edits', { prompt: 'on oak', images: [`https://a.example/b?key=${next.key}`, 7] })
    await ask('GET', '/v1/models', undefined, { authorization: `Bearer ${next.key}0` })
    // what was asked for comes back: nobody sees it but who sent it
    return kept.map((text) => text.replaceAll(next.key, ''))
  }

  /** What programs print that are given the wrong password, and those that work. */
  async function programs(): Promise<string[]> {
    const { env } = story.world
    const wrong = {
      ...env,
      PORT: '0',
      REDIS_URL: env['REDIS_URL']?.replace('//', `//someone:${redisPassword}@`) ?? '',
    }
    const unfit = { ...env, PORT: '0', S3_BUCKET: '', REDIS_URL: `http://:${redisPassword}@127.0.0.1` }
    const created = await printed('producer/src/api-keys-cli.ts', env, ['create', 'third'])
    made.push(created.trim().split('_')[2] ?? '')
    return Promise.all([
      printed('producer/src/main.ts', wrong),
      printed('worker/src/main.ts', wrong),
      printed('producer/src/api-keys-cli.ts', wrong, ['list']),
      printed('producer/src/main.ts', unfit),
      printed('producer/src/api-keys-cli.ts', env, ['list']),
      printed('producer/src/producers-cli.ts', env, ['list']),
    ])
  }

  it('appears in no line of a log, of the command, of a program, of an answer, or of an event', () => {
    expect(leaksIn(said)).toEqual([])
    expect(made).toHaveLength(3)
    for (const secret of made) {
      expect(secret).toMatch(/^[0-9a-f]{64}$/)
      expect(said).not.toContain(secret)
    }

    expect(codes).toEqual([1, 1])
    expect(said).toContain('InvalidURL')
    expect(said).toContain('lane paused')
    expect(said).not.toContain(vendorKey.slice(3))
    expect(said).not.toContain(story.world.apiKey.split('_')[2])
    expect(said).not.toContain('sandbox-secret')
    expect(said.match(/\bsk-(?!\[redacted\])\S*/g)).toBeNull()
    expect(said.match(/Signature=(?!\[redacted\])\S*/gi)).toBeNull()
    expect(said.match(/\?(Expires|X-Amz)\S*/g)).toBeNull()
  })

  it('lies nowhere in Redis, nor in the bucket', async () => {
    const { redis, s3, store, apiKey } = story.world
    const dumps = await Promise.all((await redis.keys('*')).map((key) => redis.dumpBuffer(key)))
    const objects = await Promise.all(s3.objects('restyle').map(({ key }) => store.get(key)))
    // a key of Redis may have come to its end meanwhile
    for (const bytes of [...dumps.filter((dump) => dump !== null), ...objects]) {
      expect(bytes?.includes(vendorKey)).toBe(false)
      expect(bytes?.includes(apiKey)).toBe(false)
      for (const secret of made) expect(bytes?.includes(secret)).toBe(false)
    }
  })
})

/** The files of a folder and of those in it, but for pictures. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return Promise.all(
    names
      .filter((name) => /\.(json|jsonl|csv|txt|log|html)$/.test(name))
      .map((name) => readFile(join(folder, name), 'utf8')),
  )
}
