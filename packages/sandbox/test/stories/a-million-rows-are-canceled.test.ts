import type { Batch } from '@restyle/client/types'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { openStory, type Story, until } from './story.ts'

const million = 1_000_000
const batch = 'batch_million'
const lot = { model: 'wan2.5-i2i-preview', class: 'standard' }

let story: Story
beforeAll(async () => {
  story = await openStory()
})
afterAll(() => story.stop())

/** Rows rest, and the first of them are queued: as a feeder leaves them. */
async function openMillion(queued: number): Promise<void> {
  const { ledger } = story.world
  const image = await story.picture()
  await ledger.openBatch({ id: batch, producer: 'local', name: '', bodyHash: 'h', total: million })
  for (let first = 0; first < million; first += 1_000)
    await ledger.appendRows({ batch, first, count: 1_000, lots: [lot] })
  const edits = Array.from({ length: queued }, (_, row) => ({
    id: editIdOfRow(batch, row),
    producer: 'local',
    batch,
    row,
    key: String(row),
    request: EditRequest.parse({ prompt: `row ${row}`, images: [image], size: '768*768' }),
    bodyHash: 'h',
  }))
  await ledger.feed({ ...lot, batch, from: 0, to: queued, edits })
}

/** How long (ms) the answer takes for a batch of a few rows. */
async function cancelFewRows(): Promise<number> {
  const few = 'batch_few'
  await story.world.ledger.openBatch({ id: few, producer: 'local', name: '', bodyHash: 'h', total: 10 })
  await story.world.ledger.appendRows({ batch: few, first: 0, count: 10, lots: [lot] })
  const began = performance.now()
  await story.call('POST', `/v1/batches/${few}/cancel`)
  return performance.now() - began
}

it('a million rows are canceled at once, nothing follows that was not admitted, and the counts add up', async () => {
  const { dashscope, ledger } = story.world
  await openMillion(256)
  await until(() => dashscope.posts.length >= 3)
  const fewRowsMs = await cancelFewRows()
  const began = performance.now()
  const { body, status } = await story.call('POST', `/v1/batches/${batch}/cancel`)
  // less than a second; a machine that is busy with something else takes longer, and row by row it would be a minute
  expect(performance.now() - began).toBeLessThan(Math.max(5_000, 20 * fewRowsMs))
  expect(status).toBe(200)
  const answer = body as { outcome: string; batch: Batch }
  const { queued, ...counts } = answer.batch.counts
  expect([queued, sum(counts)]).toEqual([0, million])

  await until(async () => (await ledger.readBatch(batch))?.completedAt !== undefined)
  const edits = await ledger.readMany(Array.from({ length: 256 }, (_, row) => editIdOfRow(batch, row)))
  const admitted = edits.filter((edit) => (edit?.attempt ?? 0) > 0)
  expect(dashscope.posts).toHaveLength(admitted.length)
  expect(admitted.length).toBeLessThan(50)
  const end = await ledger.readBatch(batch)
  expect(end).toMatchObject({ resting: 0, queued: 0, reserved: 0 })
  expect((end?.succeeded ?? 0) + (end?.canceled ?? 0)).toBe(million)
  // what ran is stored, since it is paid for
  expect(story.images()).toHaveLength(dashscope.bill.images)

  const told = (await story.told()).filter(({ subject }) => !subject.startsWith('batch_few'))
  const [range, ...others] = told.filter(({ type }) => type === 'restyle.rows.canceled')
  expect(others).toEqual([])
  expect(range?.data).toEqual({ batch, firstRow: 256, lastRow: million - 1, rows: million - 256 })
  expect(told.filter(({ type }) => type.startsWith('restyle.edit.'))).toHaveLength(256)
  expect(told.at(-1)?.type).toBe('restyle.batch.completed')
})

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, each) => all + each, 0)
