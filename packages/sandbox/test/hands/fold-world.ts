import { type Image, viewOf } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { readEdits } from '@restyle/shared/rows/read-edits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'
import { foldEnded, type FoldTools } from '@restyle/worker/fold/fold-ended'
import { untimed } from '@restyle/worker/hand/pulse'
import type { Redis } from 'ioredis'
import { asked, failure, lane } from '../ledger/ledger-world.ts'
import { openHands } from './open-hands.ts'

const lot = { model: lane.model, class: 'standard' }
const room = { running: 1e6, posting: 1e6, submitIntervalMicros: 0, maxCopyBacklog: 1e6 }

/** The one batch of a fold world. */
export const id = 'batch_1'

export const rowOf = (row: number) => {
  const edit = asked(editIdOfRow(id, row), { batch: id, row, key: `sofa ${row}` })
  return { ...edit, request: { ...edit.request, prompt: edit.id, metadata: { sku: `${row}` } } }
}
const rowsBetween = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => rowOf(from + i))

export const storedImage = (index: number) => ({
  index,
  url: 'https://results.test/signed?Signature=secret',
  expiresAt: 9,
  stored: { key: `k/${index}.png`, sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' },
})

export const everyRow = <T>(rows: number, end: (row: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: rows }, (_, row) => end(row)))

/** A batch whose rows are in chunks of a bucket in memory, and a worker that folds what of it has ended. */
export function openFoldWorld(redis: Redis, prefix: string) {
  const hands = openHands(redis, prefix)
  const { ledger, store, keys } = hands
  const read = (row: number) => hands.read(editIdOfRow(id, row))
  const tools = (more: Partial<FoldTools> = {}): FoldTools => ({ ...hands.context, keptMs: 0, ...more })
  /** As a producer reads, by a process that has read nothing before. */
  const reading = (from: Store = store) => ({ ledger, rows: openRowReader(from) })
  return {
    ...hands,
    tools,
    reading,

    /** The chunks begin at these rows; every row became an edit. */
    batchOf: async (rows: number, begins: readonly number[] = [0]): Promise<void> => {
      const opening = {
        id,
        producer: 'acme',
        name: '',
        total: rows,
        bodyHash: 'h',
        createdAt: 1_800_000_000_000,
      }
      await writeLots(store, id, [lot])
      for (const [i, from] of begins.entries())
        await writeChunk(store, id, rowsBetween(from, begins[i + 1] ?? rows))
      await writeOpening(store, opening, Date.now())
      await ledger.openBatch(opening)
      await ledger.appendRows({ batch: id, first: 0, count: rows, lots: [lot] })
      for (let from = 0; from < rows; from += 500) {
        const to = Math.min(from + 500, rows)
        await ledger.feed({ ...lot, batch: id, from, to, edits: rowsBetween(from, to) })
      }
    },

    cancel: async (row: number) => hands.moved(await read(row), { to: 'canceled' }),
    fail: async (row: number) => hands.moved(await read(row), { to: 'failed', set: { failure } }),
    /** The first queued row, with these images. */
    succeed: async (images: Image[]) => {
      const next = await ledger.admit({ ...lane, ...room })
      if (next.kind !== 'admitted') throw new Error(next.kind)
      const set = { taskId: `task-${next.edit.id}`, submittedAt: 5 }
      const running = await hands.moved(next.edit, { to: 'running', set })
      const rendered = await hands.moved(running, {
        to: 'rendered',
        set: { images },
        expiresAt: 9,
        billedMicros: 400_000,
      })
      return hands.moved(rendered, { to: 'succeeded', stored: images.length })
    },

    fold: (more: Partial<FoldTools> = {}) => foldEnded(tools(more), untimed()),
    /** The next look comes at once, whoever has the slice. */
    dueAgain: () => redis.zadd(keys.fold, 'XX', 1, `${id} 0`),
    /** The views of some rows, as text. */
    page: async (from: number, to: number, where?: Store): Promise<string> => {
      const batch = await ledger.readBatch(id)
      if (batch === undefined) throw new Error('no batch')
      const records = await readEdits(batch, from, to, reading(where))
      return JSON.stringify(records.map((record) => (record.kind === 'edit' ? viewOf(record.edit) : record)))
    },
    /** How many of the first rows are edits in Redis. */
    inRedis: async (rows: number): Promise<number> =>
      (await ledger.known(rowsBetween(0, rows).map((each) => each.id))).filter(Boolean).length,
  }
}
export type FoldWorld = ReturnType<typeof openFoldWorld>
