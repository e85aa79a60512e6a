import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { BatchView } from '@restyle/shared/contract/batch'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { restyle } from './cli.ts'
import { openStory, type Story, until } from './story.ts'

const rows = 6
const pace = { everyMs: 50, batchSize: 500, againMs: 60_000, auditMs: 60_000 }

describe('a batch whose edits were folded', () => {
  let story: Story
  let batch: string
  let ids: string[]
  let dir: string

  const known = async () => (await story.world.ledger.known(ids)).filter(Boolean).length
  const bodyOf = async (path: string) => JSON.stringify((await story.call('GET', path)).body)
  const pagesOf = async (path: string) => {
    const first = await bodyOf(path)
    const { nextCursor } = JSON.parse(first) as { nextCursor: string }
    return [first, await bodyOf(`${path}&cursor=${nextCursor}`)]
  }
  /** All that a producer can ask of it, and what the command line makes of that. */
  const seen = async () => ({
    pages: await pagesOf(`/v1/batches/${batch}/edits?limit=4`),
    edits: await Promise.all(ids.map((id) => bodyOf(`/v1/edits/${id}`))),
    batch: await bodyOf(`/v1/batches/${batch}`),
    results: (await restyle(story.world, dir, 'results', batch)).stdout,
  })
  let before: Awaited<ReturnType<typeof seen>>

  beforeAll(async () => {
    dir = process.cwd()
    story = await openStory({ workers: 0, overrides: { pace } })
    const { faults } = story.world.dashscope
    const only = (row: number) => (facts: { prompt?: string | undefined }) => facts.prompt === `table ${row}`
    faults.add({ at: 'task', match: only(1), do: { type: 'fail-some', images: 1 } })
    faults.add({ at: 'task', match: only(2), do: { type: 'fail-some', images: 2 } })
    const worker = await story.world.startWorker()
    const images = [await story.picture()]
    const edits = Array.from({ length: rows }, (_, row) => ({
      prompt: `table ${row}`,
      n: 2,
      size: '768*768',
      images,
    }))
    batch = BatchView.parse((await story.call('POST', '/v1/batches', { edits })).body).id
    ids = Array.from({ length: rows }, (_, row) => editIdOfRow(batch, row))
    await until(async () => (await story.world.ledger.readBatch(batch))?.completedAt !== undefined)
    before = await seen()
    await until(async () => (await known()) === rows)
    await worker.stop()
    await story.world.startWorker({ env: { RESTYLE_KEEP_DAYS: '0' } })
    await until(async () => (await known()) === 0)
  }, 60_000)
  afterAll(() => story.stop())

  it('is read as if nothing were different: edits, pages, counts, and the table of results', async () => {
    expect(before.edits.map((edit) => (JSON.parse(edit) as { state: string }).state)).toEqual(
      ids.map((_, row) => (row === 2 ? 'failed' : 'succeeded')),
    )
    expect(await seen()).toEqual(before)
  })

  it('has each of its ends told, once', async () => {
    const told = (await story.told()).map(({ id }) => id)
    const ends = ids.map((id, row) => `${id}-${row === 2 ? 'failed' : 'succeeded'}`)
    expect(told.toSorted()).toEqual([...ends, `${batch}-completed`].toSorted())
  })

  it('has nothing to decide', async () => {
    const drop = await story.call('POST', `/v1/edits/${ids[0]}/resolution`, { action: 'drop' })
    expect(drop).toMatchObject({ status: 409, body: { type: '/problems#not-held' } })
    const giveUp = await story.call('POST', `/v1/edits/${ids[0]}/resolution`, { action: 'giveUp' })
    expect(giveUp.status).toBe(409)
  })

  it('leaves no image on the disk that is in the bucket', async () => {
    const spill = await mkdtemp(join(tmpdir(), 'restyle-folded-'))
    await writeFile(join(spill, `${ids[0]}.0`), 'image')
    await story.world.startWorker({ env: { RESTYLE_SPILL_DIR: spill } })
    const isEmpty = async () => (await readdir(spill)).length === 0
    expect(await until(isEmpty)).toBe(true)
    await rm(spill, { recursive: true })
  })

  it('is there again after redis lost everything, with its counts and money, and is not submitted again', async () => {
    const { redis, apiKey, dashscope, ledger } = story.world
    const posts = dashscope.posts.length
    await redis.flushall()
    await installApiKey(redis, defaultPrefix, 'local', apiKey)
    await story.world.startWorker({ env: { RESTYLE_KEEP_DAYS: '0' } })
    await until(async () => (await ledger.readBatch(batch))?.completedAt !== undefined)
    const counted = ({ counts, images, cost }: BatchView) => ({ counts, images, cost })
    const again = await seen()
    expect({ ...again, batch: '' }).toEqual({ ...before, batch: '' })
    expect(counted(BatchView.parse(JSON.parse(again.batch)))).toEqual(
      counted(BatchView.parse(JSON.parse(before.batch))),
    )
    expect(dashscope.posts).toHaveLength(posts)
    expect(await known()).toBe(0)
  })
})
