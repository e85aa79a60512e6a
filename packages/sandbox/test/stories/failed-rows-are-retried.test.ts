import type { Batch, Edit } from '@restyle/client/types'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { restyle } from './cli.ts'
import { openStory, type Story, until } from './story.ts'

let story: Story
beforeEach(async () => {
  story = await openStory()
})
afterEach(() => story.stop())

const run = async (...argv: string[]): Promise<string> => {
  const { code, stdout, stderr } = await restyle(story.world, '.', ...argv)
  if (code !== 0) throw new Error(stderr)
  return stdout
}
const batchOf = async (rows: number): Promise<string> => {
  const images = [await story.picture()]
  const edits = Array.from({ length: rows }, (_, i) => ({
    prompt: `row ${i}`,
    images,
    size: '768*768',
    n: 1,
  }))
  return ((await story.call('POST', '/v1/batches', { edits })).body as Batch).id
}
const read = (id: string) => story.world.ledger.readBatch(id)
const completed = (id: string) => until(async () => (await read(id))?.completedAt !== undefined)
const failTasks = (times: number, code = 'DataInspectionFailed') =>
  story.world.dashscope.faults.add({
    at: 'task',
    times,
    do: { type: 'fail', code, message: 'not like this' },
  })
const pageOf = async (id: string) =>
  ((await story.call('GET', `/v1/batches/${id}/edits`)).body as { edits: Edit[] }).edits

it('failed rows get another edit with another prompt, are paid for once, and the batch completes again', async () => {
  failTasks(4)
  const id = await batchOf(10)
  await completed(id)
  expect(await read(id)).toMatchObject({ failed: 4, succeeded: 6 })
  expect(await run('retry', id, '--code', 'NeverSeen')).toContain('nothing is retried')
  expect(await run('retry', id, '--code', 'DataInspectionFailed', '--prompt', 'on slate')).toContain('4 rows')
  await completed(id)
  expect(await read(id)).toMatchObject({
    failed: 0,
    succeeded: 10,
    images: 10,
    billed: 2_000_000,
    reserved: 0,
  })
  expect(story.world.dashscope.posts).toHaveLength(14)
  expect(story.world.dashscope.bill.images).toBe(10)
  expect(story.images()).toHaveLength(10)

  const edits = await pageOf(id)
  expect(edits.filter(({ take }) => take === 2).map(({ prompt }) => prompt)).toEqual(
    Array(4).fill('on slate'),
  )
  expect(edits.map(({ state }) => state)).toEqual(Array(10).fill('succeeded'))
  const told = (await story.told()).map(({ id: event }) => event)
  expect(told.filter((event) => event.startsWith(`${id}-completed`))).toEqual([
    `${id}-completed`,
    `${id}-completed-2`,
  ])
  expect(new Set(told).size).toBe(told.length)
})

it('the images of a retried row are its own, beside those of the edit before', async () => {
  failTasks(1)
  const id = await batchOf(1)
  await completed(id)
  await run('retry', id)
  await completed(id)
  const [edit] = await pageOf(id)
  expect(edit?.images[0]?.key).toContain('0-take2.')
})

it('after a loss of all of Redis a retried row goes on as the edit that it was, and is not paid for again', async () => {
  failTasks(2)
  const id = await batchOf(4)
  await completed(id)
  await run('retry', id)
  await completed(id)
  const posts = story.world.dashscope.posts.length
  const { redis } = story.world
  const keys = await redis.keys('{restyle}:*')
  const kept = (key: string) => /:(apikey|installation|producers|lanes)/.test(key)
  await redis.del(...keys.filter((key) => !kept(key)))
  await until(async () => (await read(id))?.completedAt !== undefined, 60_000)
  expect(await read(id)).toMatchObject({ succeeded: 4, failed: 0, retries: 1 })
  expect((await pageOf(id)).filter(({ take }) => take === 2)).toHaveLength(2)
  expect(story.world.dashscope.posts).toHaveLength(posts)
  expect(await redis.exists(ledgerKeys('{restyle}').batch(id))).toBe(1)
})
