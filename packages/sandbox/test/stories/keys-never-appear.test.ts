import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restyle } from './cli.ts'
import { draw, openStory, type Story, until } from './story.ts'

const vendorKey = 'sk-9f8e7d6c5b4a39281706'

/** A run in which as much as possible goes wrong, so that much is said about it. */
describe('a key', () => {
  let story: Story
  let dir: string
  let said: string
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
    said = [story.text(), ran.stdout, ran.stderr, wrong.stdout, wrong.stderr, events.stdout].join('\n')
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('appears in no line of a log, of the command, or of an event', () => {
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
    }
  })
})
