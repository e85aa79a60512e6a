import { openStory, type Story, until } from './story.ts'

describe('a Redis that is full', () => {
  let story: Story
  let image: string
  beforeEach(async () => {
    story = await openStory({ workers: 0 })
    image = await story.picture()
  })
  afterEach(() => story.stop())

  const wish = (prompt: string) => ({ prompt, size: '768*768', images: [image] })
  const post = (prompt: string, headers: Record<string, string> = {}) =>
    story.call('POST', '/v1/edits', wish(prompt), headers)
  const memory = (most: string) => story.world.redis.config('SET', 'maxmemory', most)
  const promises = () =>
    story.world.s3.objects('restyle').filter(({ key }) => key.startsWith('receipts/accepted/')).length
  const many = (count: number) => Array.from({ length: count }, (_, i) => `wish ${i}`)

  /** Redis fills up between the promise in the bucket and the ledger. */
  function fillAfterPromise(): void {
    const { store } = story.world
    const before = { ...store }
    store.putIfAbsent = async (key, ...rest) => {
      const outcome = await before.putIfAbsent(key, ...rest)
      if (key.startsWith('receipts/accepted/')) await memory('1')
      return outcome
    }
  }

  it('turns ten wishes without a key away for good: memory is back, one is accepted, and one image comes', async () => {
    await memory('1')
    for (const prompt of many(10)) {
      const { status, body } = await post(prompt)
      expect(status).toBe(503)
      expect(body).not.toHaveProperty('idempotencyKey')
    }
    const batch = await story.call('POST', '/v1/batches', { edits: many(3).map(wish) })
    expect(batch.status).toBe(503)
    expect(promises()).toBe(0)

    await memory('0')
    // a producer believes what Redis said of its memory for a second
    const { body } = await until(async () => {
      const answer = await post('wish 0')
      return answer.status === 202 && answer
    })
    await story.world.startWorker()
    await story.ended([(body as { id: string }).id])
    // an audit would have found promises when the worker started
    expect(story.images()).toHaveLength(1)
    expect(story.world.dashscope.bill.images).toBe(1)
  })

  it('names the edit and a key where the wish may still come, and a repeat under that key is no second one', async () => {
    fillAfterPromise()
    const told: { edit: string; idempotencyKey: string }[] = []
    for (const prompt of many(3)) {
      await memory('0')
      const reply = await post(prompt)
      expect(reply.status).toBe(503)
      const problem = reply.body as (typeof told)[number] & { detail: string }
      expect(problem.detail).toContain(
        `Edit ${problem.edit} is noted in the bucket and may still be carried out`,
      )
      expect(problem.detail).toContain(`Idempotency-Key: ${problem.idempotencyKey}`)
      expect(reply.headers.get('idempotency-key')).toBe(problem.idempotencyKey)
      told.push(problem)
    }
    await memory('0')
    const repeat = await post('wish 0', { 'idempotency-key': told[0]?.idempotencyKey ?? '' })
    // Redis is full again after the promise, which was there
    expect([200, 202, 503]).toContain(repeat.status)
    await memory('0')

    await story.world.startWorker()
    await story.ended(told.map(({ edit }) => edit))
    expect(story.images()).toHaveLength(3)
    expect(story.world.dashscope.bill.images).toBe(3)
  })

  it('names the batch that may still come, too, and the key that was sent', async () => {
    fillAfterPromise()
    const body = { edits: many(3).map(wish) }
    const key = { 'idempotency-key': 'spring' }
    const failed = await story.call('POST', '/v1/batches', body, key)
    expect(failed.status).toBe(503)
    expect(failed.body).toMatchObject({ batch: expect.stringMatching(/^batch_/), idempotencyKey: 'spring' })
    const { batch } = failed.body as { batch: string }

    await memory('0')
    await story.world.startWorker()
    await until(async () => (await story.world.ledger.readBatch(batch))?.succeeded === 3)
    expect(await story.call('POST', '/v1/batches', body, key)).toMatchObject({
      status: 200,
      body: { id: batch, counts: { succeeded: 3 } },
    })
    expect(story.world.dashscope.bill.images).toBe(3)
  })
})
