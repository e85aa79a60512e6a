import type { Batch } from '@restyle/shared/contract/batch'
import { RestyleError } from '@restyle/shared/errors'
import { rowsKey } from '@restyle/shared/object-key'
import type { Chunk } from '@restyle/shared/rows/read-rows'
import { findRows, type FindTools } from './find-rows.ts'

const size = 1_000
const anything = { text: undefined, keyPrefix: undefined, prompts: [] }

/** A batch of full chunks. `lost`: those that the bucket lists and does not have; `gone`: not even that; `damaged`. */
function open(
  chunks: number,
  {
    lost,
    gone,
    damaged,
    stepMs = 0,
  }: { lost?: number; gone?: number; damaged?: number; stepMs?: number } = {},
) {
  let [now, reads] = [0, 0]
  const tools = {
    store: {
      list: async function* list(_prefix: string, { after = '' } = {}) {
        for (let at = 0; at < chunks; at += 1) {
          const key = rowsKey('b', at * size)
          if (at !== gone && key > after) yield { key }
        }
      },
    },
    rows: {
      chunkAt: async (_batch: string, row: number): Promise<Chunk | undefined> => {
        reads += 1
        now += stepMs
        const at = Math.floor(row / size)
        if (at === damaged) throw new RestyleError('DamagedRows', 'as the test wants it')
        if (at === lost) return undefined
        const rows = Array.from({ length: size }, (_, i) => ({
          key: `K${at * size + i + 1}`,
          request: { prompt: i === 0 ? 'Oak' : 'steel' },
        }))
        return { first: at * size, rows: rows as unknown as Chunk['rows'] }
      },
    },
    monotonic: () => now,
  } as unknown as FindTools
  const batch = { id: 'b', producer: 'p', accepted: chunks * size, retries: 0 } as Batch
  return {
    find: (sought: object, from = 0) => findRows(batch, { ...anything, ...sought }, from, tools),
    reads: () => reads,
  }
}

it('gives the rows with a part of the prompt, in capitals or not, and all that it has looked at', async () => {
  expect(await open(3).find({ prompts: ['oak'] })).toEqual({
    rows: [
      [0, 1],
      [1_000, 1_001],
      [2_000, 2_001],
    ],
    matched: 3,
    unreadable: [],
    to: 3_000,
  })
})

it('joins neighbours, and begins in the midst of a chunk', async () => {
  const { rows, matched, to } = await open(2).find({ keyPrefix: 'K' }, 1_500)
  expect({ rows, matched, to }).toEqual({ rows: [[1_500, 2_000]], matched: 500, to: 2_000 })
  expect(await open(2).find({}, 2_000)).toMatchObject({ rows: [], to: 2_000 })
})

it('looks at a bounded number of rows', async () => {
  const { find } = open(102)
  expect(await find({ keyPrefix: 'K100001' })).toMatchObject({ rows: [], to: 100_000 })
  expect(await find({ keyPrefix: 'K100001' }, 100_000)).toMatchObject({
    rows: [[100_000, 100_001]],
    to: 102_000,
  })
})

it('stops when its time is over, and looks at something however slow that is', async () => {
  const slow = open(20, { stepMs: 5_000 })
  expect(await slow.find({})).toMatchObject({ to: 4_000 })
  expect(slow.reads()).toBe(4)
  expect(await open(20, { stepMs: 300 }).find({})).toMatchObject({ to: 8_000 })
})

it.each([
  ['the bucket does not have', { lost: 1 }],
  ['is not even listed', { gone: 1 }],
  ['is damaged', { damaged: 1 }],
])('names the rows of a chunk that %s, and goes on behind it', async (_how, fault) => {
  expect(await open(3, fault).find({ prompts: ['oak'] })).toMatchObject({
    rows: [
      [0, 1],
      [2_000, 2_001],
    ],
    unreadable: [[1_000, 2_000]],
    to: 3_000,
  })
})
