import { connect } from 'node:net'
import { at, caller, picture, simulators } from './talk.ts'

describe('a submit', () => {
  const start = simulators()

  it('is answered with a PENDING task and a request id', async () => {
    const reply = await caller(await start()).edit()
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toContain('application/json')
    expect(reply.body).toEqual({
      output: { task_status: 'PENDING', task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('is refused flatly without a key, with a strange key and without the async header', async () => {
    const simulator = await start({ apiKeys: ['sk-sandbox', 'sk-second'] })
    const url = `${simulator.url}/services/aigc/image2image/image-synthesis`
    const none = await fetch(url, { method: 'POST', body: '{}' })
    expect(none.status).toBe(401)
    expect(await none.json()).toEqual({
      code: 'InvalidApiKey',
      message: 'No API-key provided.',
      request_id: expect.any(String),
    })
    const { post } = caller(simulator)
    const strange = await post({}, { Authorization: 'Bearer sk-of-another-region' })
    expect([strange.status, at(strange, 'code'), at(strange, 'message')]).toEqual([
      401,
      'InvalidApiKey',
      'Invalid API-key provided.',
    ])
    const sync = await post({}, { 'X-DashScope-Async': 'disable', Authorization: 'Bearer sk-second' })
    expect([sync.status, at(sync, 'code'), at(sync, 'message')]).toEqual([
      403,
      'AccessDenied',
      'current user api does not support synchronous calls.',
    ])
    expect(simulator.posts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['refused', 401],
      ['refused', 401],
      ['refused', 403],
    ])
    expect(simulator.tasks()).toEqual([])
  })

  const image = 'https://example.com/a.png'
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['no prompt', {}, { prompt: undefined }],
    ['no images', {}, { images: [] }],
    ['four images', {}, { images: [image, image, image, image] }],
    ['images that are no list', {}, { images: image }],
    ['n = 0', { n: 0 }, {}],
    ['n = 5', { n: 5 }, {}],
    ['n as a string', { n: '1' }, {}],
    ['an x in the size', { size: '1024x1024' }, {}],
    ['a size below 768*768', { size: '768*767' }, {}],
    ['a size above 1280*1280', { size: '1281*1280' }, {}],
    ['a ratio beyond 4:1', { size: '2000*400' }, {}],
    ['a size class', { size: '1K' }, {}],
    ['a negative seed', { seed: -1 }, {}],
    ['a seed above 2^31-1', { seed: 2 ** 31 }, {}],
    ['a watermark that is no boolean', { watermark: 'yes' }, {}],
  ])('is refused as InvalidParameter for %s', async (_, parameters, input) => {
    const simulator = await start()
    const reply = await caller(simulator).edit(parameters, input)
    expect([reply.status, at(reply, 'code')]).toEqual([400, 'InvalidParameter'])
    expect(simulator.tasks()).toEqual([])
  })

  it('is refused for bad JSON, no model, an unknown model, the wrong path, a bad URL, another content type', async () => {
    const simulator = await start()
    const { post, edit, call } = caller(simulator)
    const good = { prompt: 'x', images: [image] }
    const codes = [
      await post('{"model":'),
      await post('[]'),
      await post({ input: good }),
      await post({ model: 'qwen-image-edit', input: good }),
      await post({ model: 'wan2.5-i2i-preview' }),
      await post({ model: 'wan2.5-i2i-preview', input: good }, {}, 'image-generation/generation'),
      await edit({}, { images: ['/tmp/a.png'] }),
      await post({ model: 'wan2.5-i2i-preview', input: good }, { 'Content-Type': 'text/plain' }),
      await call('/services/aigc/text2image/image-synthesis', { method: 'POST' }),
    ].map((reply) => [reply.status, at(reply, 'code')])
    expect(codes).toEqual([
      [400, 'InvalidParameter'],
      [400, 'InvalidParameter'],
      [400, 'BadRequest.EmptyModel'],
      [404, 'ModelNotFound'],
      [400, 'InvalidParameter'],
      [400, 'InvalidParameter'],
      [400, 'InvalidURL'],
      [400, 'InvalidParameter'],
      [404, 'NotFound'],
    ])
  })

  it('is refused for a string beyond 28 million characters, and for its declared length alone', async () => {
    const simulator = await start()
    const big = await caller(simulator).edit(
      {},
      { images: [`data:image/png;base64,${'A'.repeat(28_000_001)}`] },
    )
    expect([big.status, at(big, 'code')]).toEqual([400, 'InvalidParameter'])
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1', () =>
        socket.write(
          'POST /api/v1/services/aigc/image2image/image-synthesis HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n',
        ),
      )
      socket.once('data', (chunk) => {
        socket.destroy()
        resolve(chunk.toString())
      })
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 [^]*BadRequest.TooLarge/)
  })

  it('makes four images unless told otherwise, and counts them all on the bill', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const reply = await done(await edit({ n: undefined, seed: 7 }))
    expect(at(reply, 'output.results')).toHaveLength(4)
    expect(at(reply, 'usage')).toEqual({ image_count: 4 })
    expect([simulator.bill.images, simulator.bill.micros]).toEqual([4, 800_000])
  })

  it('cuts a prompt at 2000 characters without a word', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const reply = await done(await edit({}, { prompt: '桌'.repeat(2500) }))
    expect(at(reply, 'output.results.0.orig_prompt')).toBe('桌'.repeat(2000))
  })

  it('ignores parameters it does not know, and a body without parameters', async () => {
    const { edit, post } = caller(await start())
    expect((await edit({ is_async: true, stream: false })).status).toBe(200)
    const input = { prompt: 'x', images: [(await picture()).uri] }
    expect((await post({ model: 'wan2.5-i2i-preview', parameters: {}, input })).status).toBe(200)
  })
})

describe('the messages models', () => {
  const start = simulators()
  const submit = async (
    simulator: Awaited<ReturnType<typeof start>>,
    model: string,
    parts: object[],
    n?: number,
  ) =>
    caller(simulator).post(
      {
        model,
        input: { messages: [{ role: 'user', content: parts }] },
        parameters: { size: '768*768', n, enable_interleave: false },
      },
      {},
      'image-generation/generation',
    )

  it('answer with choices: wan2.6 one for each image, wan2.7 one for all; no metrics, usage with the count', async () => {
    const simulator = await start()
    const { uri } = await picture()
    const parts = [{ text: 'in snow' }, { image: uri }]
    const older = await caller(simulator).done(await submit(simulator, 'wan2.6-image', parts, 2))
    expect(at(older, 'output.choices')).toHaveLength(2)
    expect(at(older, 'output.choices.1.message.content.0.image')).toMatch(/^http:/)
    expect(at(older, 'output.task_metrics')).toBeUndefined()
    const newer = await caller(simulator).done(await submit(simulator, 'wan2.7-image', parts, 2))
    expect(at(newer, 'output.choices')).toHaveLength(1)
    expect(at(newer, 'output.choices.0.message.content')).toHaveLength(2)
    expect(at(newer, 'usage.image_count')).toBe(2)
  })

  it('want one message, one text and their own number of images', async () => {
    const simulator = await start()
    const { uri } = await picture()
    const statuses = [
      await submit(simulator, 'wan2.6-image', [{ text: 'no image' }], 1),
      await submit(simulator, 'wan2.6-image', [{ image: uri }], 1),
      await submit(simulator, 'wan2.6-image', [{ text: 'a' }, { text: 'b' }, { image: uri }], 1),
      await submit(simulator, 'wan2.7-image', [{ text: 'from words alone' }], 1),
      await submit(
        simulator,
        'wan2.7-image',
        [{ text: 'ten' }, ...Array.from({ length: 10 }, () => ({ image: uri }))],
        1,
      ),
    ].map((reply) => reply.status)
    expect(statuses).toEqual([400, 400, 400, 200, 400])
  })

  it('edit with wanx2.1 by function, base image and its own price', async () => {
    const simulator = await start()
    const input = {
      function: 'description_edit',
      prompt: 'red',
      base_image_url: (await picture(600, 512)).uri,
    }
    const { post, done } = caller(simulator)
    await done(await post({ model: 'wanx2.1-imageedit', input, parameters: {} }))
    expect(simulator.bill.micros).toBe(140_000)
  })
})
