import { type PlaneName, planeNames, planeOf, type Planes } from '../contract/planes.ts'
import { type Batch, rowsOfBatch } from '../contract/batch.ts'
import type { LedgerContext } from './record.ts'

/** How the bytes of a batch stand: their version, and how many rows it has. */
export type PlanesNow = { version: number; rows: number }

/** Reads the bytes of the rows of batches. */
export type PlaneReader = {
  /**
   * The state of every row, or of those from `from` on before `to`, one byte each (`mapByte`, `restingByte`); `\0` for a row
   * not yet accepted.
   */
  readMap(batch: string, from?: number, to?: number): Promise<string>
  /** The same of some rows, which are given in their order. */
  readBytes(batch: string, rows: readonly number[]): Promise<string>
  /** All planes of a batch, at least as new as `batch`. */
  readPlanes(batch: Pick<Batch, 'id' | 'mapVersion' | 'accepted' | 'total'>): Promise<Planes>
  /** How those of some batches stand; undefined where there is no such batch. */
  planesNow(ids: readonly string[]): Promise<(PlanesNow | undefined)[]>
}

export const openPlanes = ({ redis, keys }: LedgerContext): PlaneReader => ({
  readMap: async (id, from = 0, to = Infinity) => {
    if (from >= to) return ''
    return redis.getrange(keys.batchMap(id), from, to === Infinity ? -1 : to - 1)
  },
  readBytes: async (id, rows) => {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return ''
    if (last - first === rows.length - 1) return redis.getrange(keys.batchMap(id), first, last)
    const asked = rows.flatMap((row) => ['GET', 'u8', `#${row}`])
    const bytes = (await redis.call('BITFIELD_RO', keys.batchMap(id), ...asked)) as number[]
    return String.fromCharCode(...bytes)
  },
  // no transaction, which Redis refuses while it is full: bytes newer than their version are sent once more at worst
  readPlanes: async (batch) => {
    const rows = rowsOfBatch(batch)
    const keyOf = {
      state: keys.batchMap,
      verdict: keys.batchVerdicts,
      code: keys.batchCodes,
      redo: keys.batchRedos,
    }
    const read = async (name: PlaneName): Promise<Buffer> =>
      rows === 0
        ? Buffer.alloc(0)
        : planeOf(name, await redis.getrangeBuffer(keyOf[name](batch.id), 0, rows - 1), rows)
    const [state, verdict, code, redo] = await Promise.all(planeNames.map(read))
    const none = Buffer.alloc(0)
    const bytes = {
      state: state ?? none,
      verdict: verdict ?? none,
      code: code ?? none,
      redo: redo ?? none,
    }
    return { version: batch.mapVersion, rows, bytes }
  },
  planesNow: async (ids) => {
    const pipeline = redis.pipeline()
    for (const id of ids) pipeline.hmget(keys.batch(id), 'id', 'mapVersion', 'accepted', 'total')
    const answers = (await pipeline.exec()) ?? []
    return answers.map(([error, fields]) => {
      if (error !== null) throw error
      const [id, version, accepted, total] = fields as (string | null)[]
      if (typeof id !== 'string') return undefined
      return { version: Number(version ?? 0), rows: Number(accepted ?? total ?? 0) }
    })
  },
})
