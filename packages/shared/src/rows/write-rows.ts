import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Lot } from '../ledger/rests.ts'
import { closedKey, lotKey, rowsKey } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'
import { packChunk, type Row, unpackChunk } from './chunk.ts'

/**
 * Writes a chunk of rows, which follow one another. `conflict`: other rows are there under this number. Those that ask for
 * the same are the same, whatever trace they came with.
 */
export async function writeChunk(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  batch: string,
  rows: readonly Row[],
): Promise<'written' | 'conflict'> {
  const first = rows[0]?.row ?? 0
  const key = rowsKey(batch, first)
  const bytes = await packChunk(rows)
  const { kind } = await store.putIfAbsent(key, bytes, {
    contentType: 'application/gzip',
    sha256: hashOf(bytes),
  })
  if (kind !== 'collision') return 'written'
  const there = await store.get(key)
  if (there === undefined) return 'conflict'
  const { rows: known } = await unpackChunk(there, first)
  const same =
    known.length === rows.length && known.every(({ bodyHash }, i) => bodyHash === rows[i]?.bodyHash)
  return same ? 'written' : 'conflict'
}

/** Notes that a batch has rows of these lots; before the first chunk that does, so that a rebuild reads no rows. */
export async function writeLots(
  store: Pick<Store, 'putIfAbsent'>,
  batch: string,
  lots: readonly Lot[],
): Promise<void> {
  const nothing = Buffer.alloc(0)
  const facts = { contentType: 'text/plain', sha256: hashOf(nothing) }
  await Promise.all(lots.map((lot) => store.putIfAbsent(lotKey(batch, lot), nothing, facts)))
}

const Closed = z.object({ v: z.literal(1), total: z.int() })

/** Notes how many rows a batch has, and gives the number that counts: the first one written. */
export async function writeClosed(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  batch: string,
  total: number,
): Promise<number> {
  const { kind } = await putJson(store, closedKey(batch), { v: 1, total })
  return kind === 'collision' ? ((await readClosed(store, batch)) ?? total) : total
}

/** How many rows a batch has, as far as the bucket knows. */
export async function readClosed(store: Pick<Store, 'get'>, batch: string): Promise<number | undefined> {
  const bytes = await store.get(closedKey(batch))
  return bytes === undefined ? undefined : Closed.parse(JSON.parse(bytes.toString())).total
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
