import { AcceptedRequest } from '@restyle/shared/contract/edit-request'
import type { Edit } from '@restyle/shared/contract/edit'
import type { NewBatch } from '@restyle/shared/contract/new-edit'
import { newId } from '@restyle/shared/ids'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { cutChunks, editOfRow, type Row } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'
import { benchModel, benchPicture, benchSize, promptOf } from './bench-settings.ts'

/** A backlog of its own: rows that rest, and a ledger that is fed when it is asked to. */
export type BacklogWorld = {
  ledger: Ledger
  keys: LedgerKeys
  batches: readonly NewBatch[]
  /** Feeds whoever is hungry until nobody is. */
  feed(): Promise<void>
  /** Admits the edit whose turn it is, and tells how long the ledger took (ms). */
  admit(): Promise<{ edit: Edit; ms: number }>
}

const lot = { model: benchModel, class: 'standard' }

/** A lane that takes whatever comes. */
export const anyRoom: LaneRoom = {
  lane: 'bench',
  model: benchModel,
  running: 1e9,
  posting: 1e9,
  submitIntervalMicros: 0,
  maxCopyBacklog: 1e9,
  priceMicros: 200_000,
  leaseMs: 9_000,
  echoesPrompt: true,
  world: {
    baseUrl: 'https://dashscope.aliyuncs.com/api/v1',
    account: 'default',
    bucket: 'https://s3.example.com/restyle',
    createOnce: 'if-none-match',
  },
  ahead: 0,
  preparing: [],
  prepared: [],
  released: [],
}

/** Has `rows` rows rest, one batch of each of `producers`, by the same steps as an intake. */
export async function fillBacklog(
  redis: RedisClient,
  prefix: string,
  store: Store,
  { rows, producers }: { rows: number; producers: number },
): Promise<BacklogWorld> {
  const ledger = openLedger(redis, prefix)
  const each = Math.ceil(rows / producers)
  const batches = Array.from({ length: producers }, (_, i): NewBatch => {
    const id = newId('batch')
    return { id, producer: `producer-${i}`, name: '', total: each, bodyHash: id }
  })
  for (const batch of batches) {
    await writeLots(store, batch.id, [lot])
    const chunks = cutChunks(rowsOf(each))
    const write = async () => {
      for (const chunk of chunks) await writeChunk(store, batch.id, chunk)
    }
    await Promise.all(Array.from({ length: 4 }, write))
    await writeOpening(store, batch, Date.now())
    await ledger.openBatch(batch)
    await ledger.appendRows({ batch: batch.id, first: 0, count: each, lots: [lot] })
  }
  const reader = openRowReader(store)
  return {
    ledger,
    keys: ledgerKeys(prefix),
    batches,
    feed: async () => {
      for (let next = await ledger.nextToFeed(); next.kind === 'feed'; next = await ledger.nextToFeed()) {
        const chunk = await reader.chunkAt(next.batch, next.from)
        const owner = { id: next.batch, producer: next.producer }
        const edits = (chunk?.rows ?? []).map((row) => editOfRow(owner, row))
        await feedRows(ledger, next.batch, edits, next)
      }
    },
    admit: async () => {
      const startedAt = performance.now()
      const next = await ledger.admit(anyRoom)
      const ms = performance.now() - startedAt
      if (next.kind !== 'admitted') throw new Error(`no edit could be admitted: ${JSON.stringify(next)}`)
      return { edit: next.edit, ms }
    },
  }
}

function* rowsOf(count: number): Generator<Row> {
  for (let row = 0; row < count; row += 1) {
    const request = AcceptedRequest.parse({
      prompt: promptOf(row),
      images: [benchPicture],
      size: benchSize,
    })
    yield { row, key: String(row + 1), request, bodyHash: newId('edit').slice(5) }
  }
}
