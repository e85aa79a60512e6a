import { createClient, type Client } from '@restyle/client/client'
import type { EditRequest } from '@restyle/client/types'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { openStory, type Story, until } from './story.ts'

describe('rows that come in chunks', () => {
  let story: Story
  let client: Client
  let image: string
  beforeEach(async () => {
    story = await openStory({
      env: {
        RESTYLE_RECEIPT_DEADLINE_MS: '1000',
        RESTYLE_POST_DEADLINE_MS: '2000',
        RESTYLE_SETTLE_MS: '200',
      },
    })
    client = createClient({ url: story.world.url, key: story.world.apiKey })
    image = await story.picture()
  })
  afterEach(() => story.stop())

  const row = (i: number): EditRequest => ({
    prompt: `product ${i} on oak`,
    images: [image],
    size: '768*768',
    key: `sku-${i}`,
  })
  const lines = (...rows: EditRequest[]) =>
    new TextEncoder().encode(rows.map((each) => `${JSON.stringify(each)}\n`).join(''))
  const counted = async (id: string) => (await client.batches.read(id)).counts
  const completions = async (id: string) =>
    (await story.told()).filter(({ type, subject }) => type === 'restyle.batch.completed' && subject === id)

  it('are worked on from the first chunk on, and end once when the batch is closed', async () => {
    const { id } = await client.batches.open({ name: 'spring' })
    await client.batches.rows(id, 1, lines(row(1), row(2)))
    await until(async () => (await counted(id)).succeeded === 2)
    expect(await completions(id)).toEqual([])
    await client.batches.rows(id, 3, lines(row(3)))
    await until(async () => (await counted(id)).succeeded === 3)
    const closed = await client.batches.close(id, { total: 3 })
    expect(closed).toMatchObject({ total: 3, completedAt: expect.any(String) })
    // a caller that did not hear the answers asks for everything again
    expect(await client.batches.rows(id, 1, lines(row(1), row(2)))).toMatchObject({ nextRow: 3 })
    expect(await client.batches.rows(id, 3, lines(row(3)))).toMatchObject({ nextRow: 4 })
    expect(await client.batches.close(id, { total: 3 })).toEqual(closed)
    expect(await completions(id)).toHaveLength(1)
    expect(story.world.dashscope.posts).toHaveLength(3)
  })

  it('wait for the close where they are held', async () => {
    const { id } = await client.batches.open({ held: true })
    await client.batches.rows(id, 1, lines(row(1), row(2)))
    const [other] = await story.ended([await story.enqueue()])
    expect(other?.type).toBe('restyle.edit.succeeded')
    expect(await counted(id)).toMatchObject({ queued: 2 })
    await client.batches.close(id, { total: 2 })
    await until(async () => (await counted(id)).succeeded === 2)
    expect(await completions(id)).toHaveLength(1)
  })

  it('stay what they were when Redis forgets them, open and held, and go on from there', async () => {
    const { redis, apiKey } = story.world
    const { id } = await client.batches.open({ held: true }, { idempotencyKey: 'held' })
    await client.batches.rows(id, 1, lines(row(1), row(2)))
    await story.world.startWorker()
    await redis.flushall()
    await installApiKey(redis, defaultPrefix, 'local', apiKey)
    await story.world.startWorker()
    await until(() => client.batches.read(id).catch(() => undefined))
    await until(async () => (await client.batches.read(id)).total === 2)
    expect(await client.batches.read(id)).toMatchObject({ open: true, held: true, counts: { queued: 2 } })
    expect(await client.batches.rows(id, 1, lines(row(1), row(2)))).toMatchObject({ nextRow: 3 })
    const twice = client.batches.rows(id, 3, lines(row(2)))
    await expect(twice).rejects.toMatchObject({ faults: [{ row: 3, pointer: '/key' }] })
    await client.batches.rows(id, 3, lines(row(3)))
    await client.batches.close(id, { total: 3 })
    await until(async () => (await counted(id)).succeeded === 3)
    expect(story.world.dashscope.posts).toHaveLength(3)
  })

  it('of a stream that was cut go on where it was, and none comes twice', async () => {
    const total = 11
    const all = Array.from({ length: total }, (_, i) => row(i + 1))
    const options = { idempotencyKey: 'monday', chunk: { rows: 3, bytes: 1_000_000 } }
    const cut = client.batches.stream(
      (async function* () {
        yield* all.slice(0, 7)
        throw new Error('the file is gone')
      })(),
      options,
    )
    await expect(cut).rejects.toThrow('the file is gone')
    const { id } = await client.batches.open({}, { idempotencyKey: 'monday' })
    await until(async () => (await client.batches.read(id)).total >= 3)
    const batch = await client.batches.stream(all, options)
    expect(batch).toMatchObject({ id, total })
    await until(async () => (await counted(id)).succeeded === total)
    const keys: string[] = []
    for await (const edit of client.batches.edits(id)) keys.push(edit.key)
    expect(keys).toEqual(all.map(({ key }) => key))
    expect(story.world.dashscope.posts).toHaveLength(total)
  })
})
