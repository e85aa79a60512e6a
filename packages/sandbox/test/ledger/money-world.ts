import { type BatchView, viewOfBatch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Budget } from '@restyle/shared/contract/money'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { type Cap, defaultSettings } from '@restyle/shared/contract/producer'
import type { LaneRoom, Next } from '@restyle/shared/ledger/admit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { asked, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

/** A ledger whose edits cost 1.00 each, and batches and a producer with caps. */
export type MoneyWorld = LedgerWorld & {
  /** Edits that come alone. */
  enqueue: (count: number) => Promise<unknown>
  openBatch: (batch: string, rows: number, budget?: Budget) => Promise<void>
  capAt: (caps: Cap[], zone?: string, ledger?: Ledger) => Promise<unknown>
  /** Brings the edits of stopped batches in line, as the workers do. */
  settle: () => Promise<void>
  admit: (ask?: Partial<LaneRoom>, ledger?: Ledger) => Promise<Next>
  /** Whose turn it is, or what there is instead. */
  next: (ask?: Partial<LaneRoom>) => Promise<string>
  nextEdit: () => Promise<Edit>
  /** How many go, of so many. */
  many: (most: number) => Promise<number>
  viewed: (batch: string) => Promise<BatchView>
  /** The stops that the producer was told of. */
  told: () => Promise<string[]>
  today: () => Promise<string>
}

export const one = 1_000_000
export const cny = (micros: number): Budget => ({ currency: 'CNY', micros })

const lot = { model: lane.model, class: 'standard' }
const room: LaneRoom = {
  ...lane,
  running: 1_000_000,
  posting: 1_000_000,
  submitIntervalMicros: 0,
  priceMicros: one,
}

const prompted = (id: string, more: Partial<NewEdit> = {}): NewEdit => {
  const edit = asked(id, more)
  return { ...edit, request: { ...edit.request, prompt: `prompt of ${id}` } }
}

export function openMoneyWorld(redis: RedisClient, prefix: string): MoneyWorld {
  const world = openLedgerWorld(redis, prefix)
  const { ledger } = world
  let versions = 0
  const admit = async (ask: Partial<LaneRoom> = {}, by: Ledger = ledger): Promise<Next> => {
    // what a stop leaves behind is taken out a few at a time
    for (let asks = 0; ; asks += 1) {
      const next = await by.admit({ ...room, ...ask })
      if (next.kind !== 'empty' || next.ms !== 1 || asks > 50) return next
    }
  }
  const next = async (ask: Partial<LaneRoom> = {}): Promise<string> => {
    const answer = await admit(ask)
    return answer.kind === 'admitted' ? answer.edit.id : answer.kind
  }
  return {
    ...world,
    admit,
    next,
    enqueue: (count) => ledger.accept(Array.from({ length: count }, (_, i) => prompted(`e${i}`))),
    openBatch: async (batch, rows, budget) => {
      const opening = { id: batch, producer: 'acme', name: '', bodyHash: 'h', total: rows }
      await ledger.openBatch({ ...opening, ...(budget === undefined ? {} : { budget }) })
      await ledger.appendRows({ batch, first: 0, count: rows, lots: [lot] })
      const edits = Array.from({ length: rows }, (_, row) =>
        prompted(editIdOfRow(batch, row), { batch, row }),
      )
      await ledger.feed({ ...lot, batch, from: 0, to: rows, edits })
    },
    capAt: (caps, zone = 'UTC', by = ledger) =>
      by.setProducer('acme', { ...defaultSettings, caps, zone, version: (versions += 1) }),
    settle: async () => {
      for (const [batch, mark] of await ledger.unsettled()) await ledger.settleBatch(batch, mark, '0')
    },
    nextEdit: async () => {
      const answer = await admit()
      if (answer.kind !== 'admitted') throw new Error(answer.kind)
      return answer.edit
    },
    many: async (most) => {
      for (let count = 0; ; count += 1) if (count === most || (await next()) === 'empty') return count
    },
    viewed: async (batch) => {
      const read = await ledger.readBatch(batch)
      if (read === undefined) throw new Error('no such batch')
      return viewOfBatch(read)
    },
    told: async () =>
      (await ledger.events('acme').page('0', 200)).flatMap(({ event }) =>
        'reason' in event.data ? [`${event.type.slice('restyle.'.length)} ${event.data.reason}`] : [],
      ),
    today: async () => new Date(await ledger.now()).toISOString().slice(0, 10),
  }
}
