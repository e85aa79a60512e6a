import type { ApiError } from '@restyle/client/api-error'
import { createClient, type Client } from '@restyle/client/client'
import { endStates } from '@restyle/client/edits'
import type { Edit } from '@restyle/client/types'
import { EditState, isTerminal } from '@restyle/shared/contract/edit-state'
import { draw, openStory, sha256, strangerSubmits, type Story } from './story.ts'

const size = '768*768'

describe('a service with the client', () => {
  let story: Story
  let client: Client
  let image: string
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: ApiError) => error,
    )

  beforeAll(async () => {
    story = await openStory({
      env: {
        RESTYLE_RECEIPT_DEADLINE_MS: '1000',
        RESTYLE_POST_DEADLINE_MS: '2000',
        RESTYLE_SETTLE_MS: '200',
      },
    })
    client = createClient({ url: story.world.url, key: story.world.apiKey })
  })
  afterAll(() => story.stop())

  /** Follows the events of an edit until one of that type comes. */
  async function told(type: string, edit: Edit): Promise<string | undefined> {
    for await (const { event, cursor } of client.events.follow())
      if (event.type === type && event.subject === edit.id) return cursor
    return undefined
  }

  it('uploads a picture once', async () => {
    const bytes = await draw(20)
    const source = await client.sources.upload(bytes)
    image = source.image
    expect(source).toMatchObject({ image: `sha256:${sha256(bytes)}`, format: 'png', width: 400 })
    expect(await client.sources.upload(bytes)).toEqual(source)
    expect(await client.sources.has(sha256(bytes))).toBe(true)
    expect(await client.sources.has('0'.repeat(64))).toBe(false)
    expect(await failure(client.sources.put('0'.repeat(64), bytes))).toMatchObject({
      code: 'digest-mismatch',
    })
  })

  it('asks for an edit, is told how it ended, and finds its image in the bucket', async () => {
    const edit = await client.edits.create({
      prompt: 'on oak',
      images: [image],
      size,
      metadata: { sku: '1' },
    })
    expect(edit).toMatchObject({ state: 'queued', metadata: { sku: '1' }, model: 'wan2.5-i2i-preview' })
    await told('restyle.edit.succeeded', edit)
    const { state, images } = await client.edits.read(edit.id)
    expect(state).toBe('succeeded')
    expect(story.images().map(({ key }) => key)).toEqual(images.map(({ key }) => key))
  })

  it('gets the same edit for the same key, and a refusal where the body is another', async () => {
    const request = { prompt: 'twice', images: [image], size }
    const first = await client.edits.create(request, { idempotencyKey: 'order-1' })
    const again = await client.edits.create(request, { idempotencyKey: 'order-1' })
    expect(again.id).toBe(first.id)
    const other = client.edits.create({ ...request, prompt: 'other' }, { idempotencyKey: 'order-1' })
    expect(await failure(other)).toMatchObject({ code: 'idempotency-conflict', status: 422 })
    await told('restyle.edit.succeeded', first)
  })

  it('sends a batch, and reads its edits over all pages in the order of its rows', async () => {
    const keys = ['a', 'b', 'c']
    const batch = await client.batches.create({
      name: 'three',
      edits: keys.map((key) => ({ key, prompt: `the ${key}`, images: [image], size })),
    })
    expect(batch).toMatchObject({ name: 'three', total: 3, counts: { failed: 0 } })
    expect(await client.batches.setPriority(batch.id, 9)).toMatchObject({ id: batch.id, priority: 9 })
    const page = await client.batches.page(batch.id, { limit: 2 })
    const next = await client.batches.page(batch.id, { limit: 2, cursor: page.nextCursor ?? '' })
    expect([...page.edits, ...next.edits].map(({ key }) => key)).toEqual(keys)
    const edits: Edit[] = []
    for await (const edit of client.batches.edits(batch.id)) edits.push(edit)
    expect(edits.map(({ key }) => key)).toEqual(keys)
    for (const edit of edits) await told('restyle.edit.succeeded', edit)
    expect((await client.batches.read(batch.id)).counts.succeeded).toBe(3)
  })

  it('is told of every fault of a batch with its row', async () => {
    const good = { prompt: 'x', images: [image], size }
    const error = await failure(client.batches.create({ edits: [good, { ...good, n: 9 }] }))
    expect(error).toMatchObject({
      code: 'invalid-request',
      faults: [{ row: 2, pointer: '/edits/1/n', detail: expect.stringContaining('n is 9') }],
    })
  })

  it('reads the same events in pages as in the stream, from any cursor on', async () => {
    const events: string[] = []
    let cursor = ''
    for await (const page of client.events.pages()) {
      events.push(...page.events.map(({ id }) => id))
      cursor = page.cursor
    }
    const streamed: string[] = []
    for await (const { event } of client.events.follow()) {
      streamed.push(event.id)
      if (streamed.length === events.length) break
    }
    expect(streamed).toEqual(events)
    expect((await client.events.page({ cursor })).events).toEqual([])
  })

  it('sees a held edit and decides it', async () => {
    await strangerSubmits(story, 'held')
    story.world.dashscope.faults.add({
      at: 'submit',
      match: ({ prompt }) => prompt === 'held',
      do: { type: 'reset' },
    })
    const edit = await client.edits.create({ prompt: 'held', images: [image], size })
    await told('restyle.edit.held', edit)
    const reviews: string[] = []
    for await (const review of client.reviews.all()) reviews.push(review.edit.id)
    expect(reviews).toEqual([edit.id])
    const dropped = await client.reviews.resolve(edit.id, { action: 'drop' })
    expect(dropped).toMatchObject({ id: edit.id, state: 'failed' })
    expect(await failure(client.reviews.resolve(edit.id, { action: 'drop' }))).toMatchObject({
      code: 'not-held',
    })
  })

  it('reads the models, and knows by their types which states are ends', async () => {
    expect((await client.models.list()).filter((model) => model.default)).toHaveLength(1)
    expect(endStates).toEqual(EditState.options.filter(isTerminal))
  })

  it('is refused with a key that is not live', async () => {
    const stranger = createClient({ url: story.world.url, key: 'rk_local_no' })
    expect(await failure(stranger.models.list())).toMatchObject({ code: 'unauthorized', status: 401 })
    expect(await failure(stranger.sources.has('0'.repeat(64)))).toMatchObject({ code: 'unauthorized' })
    expect(await failure(stranger.events.follow().next())).toMatchObject({ code: 'unauthorized' })
  })
})
