import type { Batch } from '@restyle/shared/contract/batch'
import { stopsOf } from '@restyle/shared/contract/stop'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { BatchRecord, Made } from '@restyle/shared/ledger/made'
import type { Place } from './place.ts'

/** What a batch may be asked for by. `failed`: rows of it have failed; `to-review`: nobody has said anything of some pictures. */
export const batchStates = [
  'open',
  'active',
  'paused',
  'canceled',
  'failed',
  'completed',
  'to-review',
] as const
export type BatchState = (typeof batchStates)[number]

/** Times in epoch ms: from `from` on, before `to`. */
export type Span = { from: number | undefined; to: number | undefined }

export type BatchFilter = Span & {
  name: string | undefined
  state: BatchState | undefined
  errorCode: string | undefined
}

/** `next`: where to go on; absent where nothing is left to look at. */
export type BatchList = {
  batches: Batch[]
  unreadable: { id: string; why: string }[]
  next?: Place
}

/** Batches that one request looks at, and that are read at a time. */
const [mostLookedAt, readAtOnce] = [1_000, 100]

/** Up to `limit` batches of a producer, the newest first. May answer fewer, and where to go on: what it looks at is bounded. */
export async function listBatches(
  producer: string,
  filter: BatchFilter,
  after: Place | undefined,
  limit: number,
  { ledger }: { ledger: Pick<Ledger, 'listMade' | 'readBatches'> },
): Promise<BatchList> {
  const list: BatchList = { batches: [], unreadable: [] }
  let last = after
  for (let looked = 0; looked < mostLookedAt;) {
    const before = last === undefined ? { at: filter.to ?? farAhead } : { at: last.at, id: last.id }
    // one more, to see whether anything is left
    const made = await ledger.listMade('batches', producer, before, readAtOnce + 1)
    const page = made.slice(0, readAtOnce).filter(({ at }) => at >= (filter.from ?? 0))
    const isLast = page.length === made.length || page.length < Math.min(made.length, readAtOnce)
    const records = await ledger.readBatches(page.map(({ id }) => id))
    for (const [i, record] of records.entries()) {
      last = page[i]
      looked += 1
      take(record, page[i], filter, list)
      const isEnd = isLast && i === records.length - 1
      if (isEnd) return list
      if (list.batches.length + list.unreadable.length === limit && last !== undefined)
        return { ...list, next: last }
    }
    if (isLast) return list
  }
  return last === undefined ? list : { ...list, next: last }
}

/** After everything that is made by any clock. */
export const farAhead = 8_640_000_000_000_000

function take(record: BatchRecord, made: Made | undefined, filter: BatchFilter, list: BatchList): void {
  if (record.kind === 'unreadable') list.unreadable.push({ id: made?.id ?? '', why: record.why })
  if (record.kind !== 'batch') return
  const { batch, failures } = record
  if (!isNamed(batch, filter.name)) return
  if (filter.state !== undefined && !isIn[filter.state](batch)) return
  if (filter.errorCode !== undefined && (failures.get(filter.errorCode) ?? 0) <= 0) return
  list.batches.push(batch)
}

const isIn: Readonly<Record<BatchState, (batch: Batch) => boolean>> = {
  open: ({ total }) => total === undefined,
  active: ({ completedAt }) => completedAt === undefined,
  paused: ({ pausedAt, stops }) => stopsOf(pausedAt, stops).length > 0,
  canceled: ({ canceledAt }) => canceledAt !== undefined,
  failed: ({ failed }) => failed > 0,
  completed: ({ completedAt }) => completedAt !== undefined,
  'to-review': ({ succeeded, approved, rejected, redo }) => succeeded > approved + rejected + redo,
}

/** Whether a batch's name has that text in it, in capitals or not. */
export const isNamed = ({ name }: Pick<Batch, 'name'>, part: string | undefined): boolean =>
  part === undefined || plain(name).includes(plain(part))

const plain = (text: string): string => text.normalize('NFC').toLowerCase()
