import { carryOperation } from '@restyle/shared/carry-operation'
import type { Verdict } from '@restyle/shared/contract/planes'
import { editIdOfTake } from '@restyle/shared/ledger/batches'
import type { NewOperation } from '@restyle/shared/ledger/operations'
import type { Saying } from '@restyle/shared/ledger/verdicts'
import type { Redis } from 'ioredis'
import { openLedgerWorld } from './ledger-world.ts'

/** The edit of a row of the batch `b`. */
export const rowOf = (row: number, take = 1) => ({
  id: editIdOfTake('b', row, take),
  batch: 'b',
  row,
  key: `key-${row}`,
  ...(take === 1 ? {} : { take }),
})

export const says = (verdict: Verdict | undefined, more: Partial<Saying> = {}): Saying => ({
  verdict,
  by: 'ana',
  ...more,
})

/** An order about the batch `b`. */
export const operation = (
  id: string,
  verdict: Verdict | undefined,
  more: Partial<NewOperation> = {},
): NewOperation => ({
  id,
  producer: 'acme',
  batch: 'b',
  by: 'ben',
  bodyHash: 'h',
  matched: 1,
  skipped: 0,
  ...(verdict === undefined ? {} : { verdict }),
  ...more,
})

/** A ledger, and persons who judge the rows of its batch `b`. */
export function openVerdictWorld(redis: Redis, prefix: string) {
  const world = openLedgerWorld(redis, prefix)
  const { ledger, keys } = world
  const batch = async () => {
    const found = await ledger.readBatch('b')
    if (found === undefined) throw new Error('no batch')
    return found
  }
  const carry = (id: string) => carryOperation(id, ledger, new AbortController().signal)
  return {
    ...world,
    batch,
    carry,
    /** A batch whose rows are as its map says; only their bytes are there. */
    open: async (map: string): Promise<void> => {
      await ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: map.length })
      await redis.set(keys.batchMap('b'), map)
      await redis.hset(keys.batch('b'), 'accepted', map.length, 'succeeded', map.split('+').length - 1)
    },
    judge: (row: number, verdict: Verdict | undefined, more: Partial<Saying> = {}, known?: string) =>
      ledger.judge(rowOf(row), says(verdict, more), known === undefined ? {} : { known }),
    plane: (rows = 9) => ledger.verdictBytes('b', 0, rows),
    counts: async () => {
      const { approved, rejected, redo } = await batch()
      return { approved, rejected, redo }
    },
    told: async () =>
      (await ledger.events('acme').page('0', 1_000)).map(({ event }) => ({ id: event.id, ...event.data })),
    /** Orders and carries out: `rows` has the verdicts that the rows have, and a space where a row is not meant. */
    run: async (id: string, verdict: Verdict | undefined, rows: string): Promise<void> => {
      const bytes = Buffer.from(rows.replaceAll(' ', '\0'))
      const matched = rows.replaceAll(' ', '').length
      expect(await ledger.openOperation(operation(id, verdict, { matched }), bytes)).toBe('opened')
      await carry(id)
    },
    undo: async (id: string) => {
      expect(await ledger.undoOperation(id)).toBe('done')
      await carry(id)
      return ledger.readOperation(id)
    },
  }
}
export type VerdictWorld = ReturnType<typeof openVerdictWorld>
