import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@restyle/client/api-error'
import { createClient } from '@restyle/client/client'
import type { Batch } from '@restyle/client/types'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { sha256Of } from '../dashscope/origin.ts'
import { type Arena, canaries, producers } from './arena.ts'
import type { History } from './history.ts'
import type { Stream } from './plan.ts'
import { type AckedEdit, untilMade } from './producers.ts'

/** What came of a stream: its rows, and how often whoever sent them was cut off in the middle. */
export type Streamed = { acked: AckedEdit[]; cuts: number }

/** What another life of a client may find differently: Redis, or the producer, was away or has forgotten something. */
const passing = ['not-found', 'rows-missing']

/**
 * Sends a batch in chunks as a service does (`batches.stream`). Whoever is cut off, or refused for what passes, is followed by
 * another one that begins with the same Idempotency-Key, and knows nothing else.
 */
export async function stream(
  { producer, atMs, held, rows, rowsPerChunk, cutAfter, cutMs }: Stream,
  name: string,
  arena: Arena,
  history: History,
): Promise<Streamed> {
  await sleep(atMs)
  const sources = await Promise.all(
    rows.map(({ place }, row) => untilMade(() => arena.sources.make(`${name}-${row}`, place))),
  )
  const edits = rows.map(({ prompt, n }, row) => ({
    prompt,
    n,
    size: '768*768',
    images: [sources[row]?.address ?? ''],
  }))
  const client = createClient({ url: arena.producer.url, key: canaries.producers[producer] ?? '' })
  let cuts = 0
  const live = async (isFirst: boolean): Promise<Batch> => {
    const cut = new AbortController()
    let chunks = 0
    const cutSoon = (): void => {
      if (isFirst && chunks === cutAfter) setTimeout(() => cut.abort(), cutMs).unref()
    }
    cutSoon()
    try {
      return await client.batches.stream(edits, {
        idempotencyKey: name,
        held,
        signal: cut.signal,
        chunk: { rows: rowsPerChunk, bytes: 1_000_000 },
        onChunk: () => {
          chunks += 1
          cutSoon()
        },
      })
    } catch (error) {
      if (cut.signal.aborted) cuts += 1
      throw error
    }
  }
  for (let life = 0; ; life += 1) {
    try {
      const { id } = await live(life === 0)
      const acked = edits.map(({ images, n, prompt }, row): AckedEdit => {
        const origin = { prompt: sha256Of(prompt), sources: [sources[row]?.sha256 ?? ''] }
        const owner = producers[producer] ?? ''
        return { id: editIdOfRow(id, row), batch: id, producer: owner, url: images[0] ?? '', n, origin }
      })
      for (const { id: editId, n: _, origin: __, ...rest } of acked)
        history.add({ what: 'acked', editId, ...rest })
      return { acked, cuts }
    } catch (error) {
      if (error instanceof ApiError && !error.transient && !passing.includes(error.code)) throw error
      await sleep(150)
    }
  }
}
