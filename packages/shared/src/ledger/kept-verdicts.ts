import type { BatchVerdicts } from '../contract/verdict.ts'
import type { LedgerContext } from './record.ts'

/** What the bucket is to know of verdicts, for a Redis that loses all it knows. */
export type VerdictsKept = {
  /** Up to `limit` batches, and edits that came alone, of whose verdicts the bucket has no record yet. `at`: when (epoch µs) they last changed. */
  changedVerdicts(limit: number): Promise<{ id: string; at: string }[]>
  /** The bucket has a record of how they were at `at`. */
  settleVerdicts(changed: { id: string; at: string }): Promise<void>
  allVerdicts(batch: string): Promise<BatchVerdicts>
  /** Puts back what the ledger does not know; gives how many rows. */
  restoreVerdicts(batch: string, verdicts: Omit<BatchVerdicts, 'retries'>): Promise<number>
  /** The same of an edit that came alone; `text`: as its record has it. */
  restoreVerdict(edit: string, text: string): Promise<void>
}

/** Rows, and details, in one call. */
const atOnce = 500

export const openVerdictsKept = ({ redis, keys, run }: LedgerContext): VerdictsKept => ({
  changedVerdicts: async (limit) => {
    const flat = await redis.zrange(keys.verdictsChanged, '0', String(limit - 1), 'WITHSCORES')
    return flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, at: flat[i + 1] ?? '' }] : []))
  },
  settleVerdicts: async (changed) => {
    await run('settle-verdicts', [keys.verdictsChanged], changed)
  },
  allVerdicts: async (batch) => {
    const [bytes, marks, details, retries] = await Promise.all([
      redis.getBuffer(keys.batchVerdicts(batch)),
      redis.getBuffer(keys.verdictMarks(batch)),
      redis.hgetall(keys.verdictDetails(batch)),
      redis.hget(keys.batch(batch), 'retries'),
    ])
    const none = Buffer.alloc(0)
    return { bytes: bytes ?? none, marks: marks ?? none, details, retries: Number(retries ?? 0) }
  },
  restoreVerdicts: async (batch, { bytes, marks, details }) => {
    let restored = 0
    const put = async (ask: object) => {
      restored += Math.max(0, Number(await run('restore-verdicts', [keys.batch(batch)], { batch, ...ask })))
    }
    const operations = Object.keys(details).reduce(
      (most, name) => Math.max(most, name.startsWith('op:') ? Number(name.slice(3)) : 0),
      0,
    )
    // first, so that no verdict is there without them
    const pairs = Object.entries(details)
    for (let i = 0; i < pairs.length; i += atOnce)
      await put({ from: 0, bytes: '', marks: [], details: pairs.slice(i, i + atOnce), operations })
    for (let from = 0; from < bytes.length; from += atOnce) {
      const text = bytes.toString('latin1', from, from + atOnce).replaceAll('\0', '.')
      if (/^\.*$/.test(text)) continue
      await put({ from, bytes: text, marks: numbersIn(marks, from, text.length), details: [], operations })
    }
    return restored
  },
  restoreVerdict: async (edit, text) => {
    await run('judge-edit', [keys.edit(edit)], { again: text })
  },
})

/** The rows that were judged by operations, each with the number of its own. */
function numbersIn(marks: Buffer, from: number, rows: number): [row: number, number: number][] {
  const numbers: [number, number][] = []
  for (let row = from; row < from + rows && 2 * row + 1 < marks.length; row += 1) {
    const number = marks.readUInt16BE(2 * row)
    if (number > 0) numbers.push([row, number])
  }
  return numbers
}
