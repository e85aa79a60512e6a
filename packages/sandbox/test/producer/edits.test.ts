import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'

describe('POST /v1/edits', () => {
  let world: World
  let headers: { authorization: string }
  const post = (payload: unknown, more: Record<string, string> = {}) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { ...headers, 'content-type': 'application/json', ...more },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const keys = () => world.redis.keys(`${world.prefix}:edit:*`)

  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  it('accepts an edit, says where it is, and puts it into the backlog', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const answer = await post({ ...fine, metadata: { sku: '7' } }, { traceparent })
    expect(answer.statusCode).toBe(202)
    const edit = answer.json<{ id: string }>()
    expect(answer.headers['location']).toBe(`/v1/edits/${edit.id}`)
    expect(edit).toMatchObject({ state: 'queued', key: '1', metadata: { sku: '7' } })
    expect(Object.keys(edit)).not.toContain('bodyHash')

    const read = await world.producer.app.inject({ url: `/v1/edits/${edit.id}`, headers })
    expect(read.json()).toEqual(edit)
    expect(await world.redis.hget(`${world.prefix}:edit:${edit.id}`, 'traceparent')).toBe(traceparent)

    expect(await openLedger(world.redis, world.prefix).waiting('wan2.5-i2i-preview')).toBe(1)
  })

  it('shows what was asked for, and nothing of a signature', async () => {
    const asked = { negativePrompt: 'people', n: 2, size: '1280*1280', seed: 7, class: 'bulk' }
    const images = ['https://cdn.example.com/a.jpg?sig=5ec7e7', 's3://photos/b.jpg']
    const { id } = (await post({ ...fine, ...asked, images })).json()
    const read = await world.producer.app.inject({ url: `/v1/edits/${id}`, headers })
    const shown = ['https://cdn.example.com/a.jpg', 's3://photos/b.jpg']
    expect(read.json().request).toEqual({ ...asked, images: shown })
    expect(read.body).not.toContain('5ec7e7')
  })

  it('leaves out a traceparent that is not one', async () => {
    const { id } = (await post(fine, { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` })).json()
    expect(await world.redis.hget(`${world.prefix}:edit:${id}`, 'traceparent')).toBeNull()
  })

  it('answers the same key and body with the same edit', async () => {
    const first = await post(fine, { 'idempotency-key': 'same' })
    // the default spelled out is the same body
    const second = await post({ ...fine, n: 1 }, { 'idempotency-key': 'same' })
    expect([first.statusCode, second.statusCode]).toEqual([202, 200])
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(second.json().id).toBe(first.json().id)
  })

  it('refuses the same key with another body', async () => {
    await post(fine, { 'idempotency-key': 'other' })
    const answer = await post({ ...fine, prompt: 'on marble' }, { 'idempotency-key': 'other' })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().type).toBe('/problems#idempotency-conflict')
    expect(answer.json().detail).toMatch(/came with another body before, which made edit_\w+; that one stays/)
  })

  it('keeps the keys of producers apart', async () => {
    const others = await world.keyOf('other')
    const mine = await post(fine, { 'idempotency-key': 'shared' })
    const theirs = await post({ ...fine, prompt: 'x' }, { 'idempotency-key': 'shared', ...others })
    expect(theirs.statusCode).toBe(202)
    expect(theirs.json().id).not.toBe(mine.json().id)
  })

  it('makes one edit of 50 identical posts at once', async () => {
    const before = (await keys()).length
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(fine, { 'idempotency-key': 'fifty' })),
    )
    expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(1)
    const others = answers.filter(({ statusCode }) => statusCode !== 202)
    for (const other of others) {
      expect([other.statusCode, other.headers['retry-after']]).toEqual([409, '1'])
      expect(other.body).toContain('still-running')
    }
    expect(others).toHaveLength(49)
    expect((await post(fine, { 'idempotency-key': 'fifty' })).statusCode).toBe(200)
    expect((await keys()).length).toBe(before + 1)
  })

  it('knows a key in quotes and without them as one key', async () => {
    const plain = await post(fine, { 'idempotency-key': 'a "b" \\c' })
    const quoted = await post(fine, { 'idempotency-key': '"a \\"b\\" \\\\c"' })
    expect([plain.statusCode, quoted.statusCode]).toEqual([202, 200])
    expect(quoted.json().id).toBe(plain.json().id)
  })

  it('tries a request anew that was refused or failed under its key', async () => {
    const key = { 'idempotency-key': 'again' }
    expect((await post({ ...fine, n: 9 }, key)).statusCode).toBe(422)
    world.server.s3.faults.down(true)
    expect((await post(fine, key)).statusCode).toBe(503)
    world.server.s3.faults.down(false)
    await world.until(async () => (await post(fine, key)).statusCode < 300)
    expect((await post(fine, key)).statusCode).toBe(200)
  })

  const image = 'https://cdn.example.com/a.jpg'
  it.each<[string, object, string, RegExp]>([
    ['no prompt', { images: [image] }, '/prompt', /^prompt is needed$/],
    [
      'an empty prompt',
      { ...fine, prompt: ' ' },
      '/prompt',
      /^prompt is empty; .* needs 1 to 2000 characters$/,
    ],
    [
      'a long prompt',
      { ...fine, prompt: 'x'.repeat(2001) },
      '/prompt',
      /^prompt has 2001 characters; .* at most 2000$/,
    ],
    ['no image', { ...fine, images: [] }, '/images', /^images is 0; .* takes 1 to 3$/],
    [
      'four images',
      { ...fine, images: [image, image, image, image] },
      '/images',
      /^images is 4; .* takes 1 to 3$/,
    ],
    ['n=5', { ...fine, n: 5 }, '/n', /^n is 5; .* takes 1 to 4$/],
    ['n=1.5', { ...fine, n: 1.5 }, '/n', /^n must be an integer$/],
    ['n as text', { ...fine, n: '2' }, '/n', /^n must be a number$/],
    ['a small size', { ...fine, size: '100*100' }, '/size', /^size 100\*100 has 10000 pixels; /],
    ['a size in words', { ...fine, size: 'big' }, '/size', /^size "big" is not understood; /],
    ['an unknown field', { ...fine, colour: 'red' }, '/colour', /^colour is not a known field$/],
    ['an unknown model', { ...fine, model: 'dall-e' }, '/model', /^model dall-e is not known; known are wan/],
    [
      'a parameter the model lacks',
      { ...fine, model: 'wan2.7-image', negativePrompt: 'x' },
      '/negativePrompt',
      /does not know negativePrompt/,
    ],
    ['a local file', { ...fine, images: ['/etc/passwd'] }, '/images/0', /^images\/0 must be an http/],
    [
      'a private address',
      { ...fine, images: ['http://10.0.0.1/a.jpg'] },
      '/images/0',
      /^images\/0 must not point to a private address$/,
    ],
    [
      'a disguised loopback',
      { ...fine, images: [image, 'http://2130706433/a.jpg'] },
      '/images/1',
      /private address$/,
    ],
    [
      'localhost',
      { ...fine, images: ['http://localhost/a.jpg'] },
      '/images/0',
      /^images\/0 must name a public host$/,
    ],
    ['a password', { ...fine, images: ['https://a:b@cdn.example.com/a.jpg'] }, '/images/0', /password$/],
    ['a bad bucket', { ...fine, images: ['s3://B_/a.jpg'] }, '/images/0', /^images\/0 names no bucket: "B_"/],
    [
      'a picture that is not there',
      { ...fine, images: [`sha256:${'0'.repeat(64)}`] },
      '/images/0',
      /^images\/0 was not uploaded: PUT/,
    ],
    ['a key that is a path', { ...fine, key: '../x' }, '/key', /^key must not contain slashes/],
    [
      'a long word of metadata',
      { ...fine, metadata: { 'a/b': 'x'.repeat(513) } },
      '/metadata/a~1b',
      /at most 512 characters long$/,
    ],
    ['a list', [], '', /^the body must be an object$/],
  ])('refuses %s in one clear sentence and writes nothing', async (_, body, pointer, detail) => {
    const before = await keys()
    const answer = await post(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    const problem = answer.json()
    expect(problem).toMatchObject({ type: '/problems#invalid-request', status: 422 })
    expect(problem.errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }])
    expect(problem.detail).toMatch(detail)
    expect(await keys()).toHaveLength(before.length)
  })

  it('tells every fault at once', async () => {
    const { errors, detail } = (await post({ prompt: '', images: [], n: 9 })).json()
    expect(errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/prompt', '/images', '/n'])
    expect(detail).toBe('There are 3 faults. Nothing was enqueued.')
  })

  it.each<[string, string, number, string, RegExp]>([
    ['a body that breaks off', '{"prompt": "x"', 400, 'malformed-request', /character 14|ends too early/],
    ['a body with a stray comma', '{"prompt": "x",}', 400, 'malformed-request', /breaks at character 15/],
    ['a body that is empty', '', 400, 'malformed-request', /empty/],
    ['a prototype', '{"__proto__": {"n": 4}}', 400, 'malformed-request', /__proto__/],
    ['nested lists', '['.repeat(100_000) + ']'.repeat(100_000), 422, 'invalid-request', /must be an object/],
    ['300 KB', JSON.stringify({ prompt: 'x'.repeat(300_000) }), 413, 'too-large', /over 262144 bytes/],
  ])('refuses %s', async (_, body, status, code, detail) => {
    const answer = await post(body)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({
      type: `/problems#${code}`,
      detail: expect.stringMatching(detail),
    })
  })

  it('reads JSON only', async () => {
    const answer = await post('prompt=x', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer.statusCode).toBe(415)
    expect(answer.json().type).toBe('/problems#unsupported-media-type')
  })

  it.each(['', 'x'.repeat(256), 'ключ', '"', '""', '"a', '"a" b', '"\\a"', `"${'x'.repeat(256)}"`])(
    'refuses the Idempotency-Key %j',
    async (key) => {
      const answer = await post(fine, { 'idempotency-key': key })
      expect(answer.statusCode).toBe(400)
      expect(answer.json().errors[0].parameter).toBe('idempotency-key')
    },
  )

  it('answers a route that is not there with a problem', async () => {
    const answer = await world.producer.app.inject({ url: '/v1/nothing?secret=1', headers })
    expect(answer.statusCode).toBe(404)
    expect(answer.json().detail).toBe('There is no route GET /v1/nothing.')
  })

  it('refuses a model that no lane serves, once lanes are announced', async () => {
    await world.producer.app.inject({ url: '/v1/models', headers })
    const card = {
      id: 'l1',
      name: 'l1',
      model: 'wan2.7-image',
      region: 'beijing',
      running: 5,
      submitPerSecond: 5,
    }
    await world.redis.hset(`${world.prefix}:lanes`, 'l1', JSON.stringify(card))
    try {
      const answer = await post(fine)
      expect(answer.statusCode).toBe(422)
      expect(answer.json().errors).toEqual([
        {
          pointer: '/model',
          detail: 'model wan2.5-i2i-preview is served by no lane now; served are wan2.7-image',
        },
      ])
      // what was accepted before is still answered
      const replay = await post(fine, { 'idempotency-key': 'same' })
      expect(replay.statusCode).toBe(200)
    } finally {
      await world.redis.del(`${world.prefix}:lanes`)
    }
  })
})
