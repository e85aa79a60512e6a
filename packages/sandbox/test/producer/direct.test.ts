import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import type { EditRefused } from '@restyle/shared/contract/edit-refused'
import type { RestyleEvent } from '@restyle/shared/contract/event'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { fine, openProducer, type World } from './open-producer.ts'
import { addJob, type Job, type Key, signed } from './sign-job.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const doc = readFileSync(`${root}docs/direct-enqueue.md`, 'utf8')

describe('the intake queue', () => {
  let world: World
  let queue: Queue
  let key: Key
  beforeAll(async () => {
    world = await openProducer({ direct: 4 })
    key = await createApiKey(world.redis, world.prefix, 'catalog')
    const { hostname, port } = new URL(world.server.redis.url)
    queue = new Queue('intake', { prefix: world.prefix, connection: { host: hostname, port: Number(port) } })
  })
  afterAll(async () => {
    await queue.close()
    await world.stop()
  })

  const job = (edit: object | string, idempotencyKey: string = randomUUID()): Job => ({
    producer: 'catalog',
    idempotencyKey,
    edit: typeof edit === 'string' ? edit : JSON.stringify(edit),
  })
  const at = (name: string) => `${world.prefix}:intake:${name}`
  const addRaw = (data: string, id?: string) => addJob(world.redis, world.prefix, data, id)
  const events = async () =>
    (await openLedger(world.redis, world.prefix).events('catalog').page('0', 500)).map(({ event }) => event)
  const refused = async (idempotencyKey: string): Promise<RestyleEvent[]> =>
    (await events()).filter(
      (event) => event.type === 'restyle.edit.refused' && event.data.idempotencyKey === idempotencyKey,
    )
  const edits = async () =>
    (await world.redis.keys(`${world.prefix}:edit:*`)).map((name) => name.split(':').at(-1))
  const idle = () =>
    world.until(
      async () => (await world.redis.llen(at('wait'))) + (await world.redis.llen(at('active'))) === 0,
    )
  const failedReason = (id: string) => world.redis.hget(at(id), 'failedReason')

  it('takes an edit from the example of the documents, as it is written there', async () => {
    const [, example = ''] = /```js\n(.*?)```/s.exec(doc) ?? []
    const run = spawn(
      process.execPath,
      ['--input-type=module', '-e', example.replace("'{restyle}'", `'${world.prefix}'`)],
      {
        cwd: `${root}packages/sandbox`,
        env: { RESTYLE_API_KEY: key.key, REDIS_URL: world.server.redis.url },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
    expect(await once(run, 'exit')).toEqual([0, null])
    await idle()
    const answer = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { authorization: `Bearer ${key.key}`, 'idempotency-key': 'order-4711' },
      payload: {
        prompt: 'on a light oak table, soft morning light',
        images: ['https://cdn.example.com/4711.jpg'],
      },
    })
    expect([answer.statusCode, answer.headers['idempotent-replayed']]).toEqual([200, 'true'])
  })

  it('takes one from the commands of the documents, whatever its id is, and removes its job', async () => {
    for (const command of ['HSET', 'LPUSH', 'ZADD']) expect(doc).toContain(`${command} {restyle}:intake:`)
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const before = (await edits()).length
    const ids = [undefined, 'job-a:b:c:d', '7', 'job-ü', '0:0']
    for (const id of ids)
      await addRaw(JSON.stringify({ ...signed(job({ ...fine, prompt: `id ${id}` }), key), traceparent }), id)
    await idle()
    // the last is what older versions of BullMQ left in the queue as a mark: it is skipped, not met
    await world.until(async () => (await edits()).length >= before + ids.length - 1)
    for (const id of ids.slice(1, 4)) expect(await world.redis.exists(at(id ?? ''))).toBe(0)
  })

  it('finds a job that was pushed without a mark', async () => {
    const before = (await edits()).length
    await world.redis.hset(
      at('job-late'),
      'name',
      'x',
      'data',
      JSON.stringify(signed(job(fine), key)),
      'opts',
      '{}',
    )
    await world.redis.lpush(at('wait'), 'job-late')
    await world.until(async () => (await edits()).length > before, 5_000)
    expect(await edits()).toHaveLength(before + 1)
  })

  it('takes jobs of a user of Redis that may touch the keys of this queue alone', async () => {
    const [, rights = ''] = /`(~\{restyle\}:intake:\* [^`]+)`/.exec(doc) ?? []
    const acl = rights.replace('{restyle}', world.prefix).split(' ')
    await world.redis.call('ACL', 'SETUSER', 'enqueuer', 'on', '>secret', ...acl)
    const { hostname, port } = new URL(world.server.redis.url)
    const own = { host: hostname, port: Number(port), username: 'enqueuer', password: 'secret' }
    const theirs = new Queue('intake', { prefix: world.prefix, connection: own })
    const before = (await edits()).length
    await theirs.add('edit', signed(job(fine), key))
    await world.until(async () => (await edits()).length === before + 1)
    await theirs.close()
    const client = new Redis(own)
    await expect(client.hgetall(`${world.prefix}:apikey:${key.keyId}`)).rejects.toThrow('NOPERM')
    await client.quit()
  })

  it('makes one edit of one key, however often and under whatever ids it comes', async () => {
    const before = (await edits()).length
    const data = signed(job(fine, 'again and again'), key)
    for (let i = 0; i < 20; i += 1)
      await queue.add('edit', data, { jobId: i % 2 === 0 ? 'same' : `job-${i}` })
    await idle()
    expect((await edits()).length).toBe(before + 1)
  })

  it('reads no options of a job: none is kept, and none is tried less', async () => {
    const data = signed(job(fine), key)
    const options = { jobId: 'job-options', removeOnComplete: false, attempts: 1, priority: 3 }
    await queue.add('edit', data, options)
    await world.redis.hset(
      at('job-opts'),
      'name',
      'x',
      'data',
      JSON.stringify(signed(job(fine), key)),
      'opts',
      'no JSON',
    )
    await world.redis.lpush(at('wait'), 'job-opts')
    await idle()
    await world.until(async () => (await world.redis.exists(at('job-options'))) === 0)
    expect(await world.redis.exists(at('job-opts'))).toBe(0)
  })

  it.each<[string, object | string, string, RegExp, string | undefined]>([
    ['does not fit', { ...fine, n: 9 }, 'invalid-request', /^n is 9; wan2.5-i2i-preview takes 1 to 4$/, '/n'],
    ['is no JSON', 'no JSON', 'malformed-request', /^edit is not JSON\.$/, undefined],
    [
      'is too large',
      JSON.stringify('x'.repeat(300_000)),
      'malformed-request',
      /^edit is over 262144 bytes/,
      undefined,
    ],
    ['is nested without end', '['.repeat(100_000), 'malformed-request', /not JSON/, undefined],
    [
      'holds a picture',
      { ...fine, images: ['data:image/png;base64,AAAA'] },
      'invalid-request',
      /upload its bytes/,
      '/images/0',
    ],
    [
      'names a file',
      { ...fine, images: ['/tmp/a.png'] },
      'invalid-request',
      /sha256:<64 hex digits>/,
      '/images/0',
    ],
  ])(
    'answers an edit that %s by an event with the code and the field, within 5 s',
    async (_, edit, code, detail, pointer) => {
      const asked = job(edit)
      const began = performance.now()
      await addRaw(JSON.stringify(signed(asked, key)), `job-${asked.idempotencyKey}`)
      await world.until(async () => (await refused(asked.idempotencyKey)).length > 0, 5_000)
      expect(performance.now() - began).toBeLessThan(5_000)
      const [event] = await refused(asked.idempotencyKey)
      expect(event?.data).toMatchObject({ code, detail: expect.stringMatching(detail) })
      expect(event?.subject).toMatch(/^edit_/)
      expect((event?.data as EditRefused | undefined)?.errors?.[0]?.pointer).toBe(pointer)
      await world.until(
        async () => (await failedReason(`job-${asked.idempotencyKey}`))?.startsWith(`${code}: `) === true,
      )
    },
  )

  it('answers another edit under a key that was used', async () => {
    const asked = [job(fine, 'used'), job({ ...fine, prompt: 'on marble' }, 'used')]
    for (const each of asked) await addRaw(JSON.stringify(signed(each, key)))
    await world.until(async () => (await refused('used')).length === 1)
    expect((await refused('used'))[0]?.data).toMatchObject({ code: 'idempotency-conflict' })
  })

  it('answers a key that may not write edits', async () => {
    const reader = await createApiKey(world.redis, world.prefix, 'catalog', ['events'])
    const asked = job(fine)
    await addRaw(JSON.stringify(signed(asked, reader)))
    await world.until(async () => (await refused(asked.idempotencyKey)).length === 1)
    expect((await refused(asked.idempotencyKey))[0]?.data).toMatchObject({ code: 'forbidden' })
  })

  it('tells no producer of a job that another may have written, and says why where it failed', async () => {
    const theirs = await createApiKey(world.redis, world.prefix, 'other')
    const asked = job(fine)
    const bad: [string, string, RegExp][] = [
      [
        'job-theirs',
        JSON.stringify(signed(asked, theirs)),
        /its signature is not that of a live key of the producer/,
      ],
      ['job-forged', JSON.stringify({ ...signed(asked, key), edit: '{}' }), /its signature is not that/],
      [
        'job-nobody',
        JSON.stringify({ ...signed(asked, key), producer: 'nobody' }),
        /its signature is not that/,
      ],
      ['job-text', 'no JSON', /its data is not JSON/],
      [
        'job-field',
        JSON.stringify({ ...signed(asked, key), signature: 7 }),
        /its field signature does not fit/,
      ],
      [
        'job-huge',
        JSON.stringify('x'.repeat(2_000_000)),
        /its data has 2000002 characters, which is too much/,
      ],
      ['job-deep', '['.repeat(900_000), /its data is not JSON/],
    ]
    const before = [(await events()).length, (await edits()).length]
    for (const [id, data] of bad) await addRaw(data, id)
    await world.redis.lpush(at('wait'), 'job-empty')
    for (const [id, , why] of [...bad, ['job-empty', '', /it holds no data/] as const]) {
      await world.until(async () => (await failedReason(id)) !== null, 5_000)
      expect(await failedReason(id)).toMatch(why)
    }
    expect([(await events()).length, (await edits()).length]).toEqual(before)
    const told = world.lines.filter((line) => line.includes('cannot be answered'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('"level":"error"')
  })

  it('waits with all jobs while the bucket is away, and loses none', async () => {
    const before = (await edits()).length
    world.server.s3.faults.down(true)
    const asked = Array.from({ length: 10 }, (_, i) => job({ ...fine, prompt: `while it is away ${i}` }))
    for (const each of asked) await addRaw(JSON.stringify(signed(each, key)))
    await world.until(async () => (await world.redis.llen(at('active'))) === 4)
    expect((await edits()).length).toBe(before)
    world.server.s3.faults.down(false)
    await world.until(async () => (await edits()).length === before + 10, 30_000)
  })

  it('takes a few of many at a time, and HTTP has its turn among them', async () => {
    const jobs = 1_500
    const data = Array.from({ length: jobs }, (_, i) => signed(job({ ...fine, prompt: `flood ${i}` }), key))
    const headers = { authorization: `Bearer ${key.key}` }
    const post = async () => {
      const began = performance.now()
      const answer = await world.producer.app.inject({
        method: 'POST',
        url: '/v1/edits',
        headers,
        payload: fine,
      })
      expect(answer.statusCode).toBe(202)
      return performance.now() - began
    }
    await post()
    await queue.addBulk(data.map((each) => ({ name: 'edit', data: each })))
    const times: number[] = []
    const active: number[] = []
    while (times.length < 20) {
      times.push(await post())
      active.push(await world.redis.llen(at('active')))
    }
    expect(await world.redis.llen(at('wait'))).toBeGreaterThan(0)
    expect(Math.max(...active)).toBeLessThanOrEqual(4)
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(500)
  })
})
