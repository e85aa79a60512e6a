import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Arena, canaries } from './arena.ts'
import type { History, Place } from './history.ts'
import type { Steer } from './plan.ts'
import type { AckedEdit } from './producers.ts'

/** What a producer was answered to a cancel, of each edit that it concerns. `at` in epoch ms. */
export type Canceled = { editId: string; outcome: 'canceled' | 'canceling' | 'ended'; at: number }

const Answer = z.object({
  outcome: z.enum(['canceled', 'canceling', 'ended']).optional(),
  edit: z.object({ state: z.string() }).optional(),
})

/** Gives one order, again and again until it is answered, and ends its pause. Returns what was canceled. */
export async function steer(
  { order, of, row, atMs, ms, point }: Steer,
  producer: number,
  acked: readonly AckedEdit[],
  arena: Arena,
  history: History,
): Promise<Canceled[]> {
  await sleep(atMs)
  const edit = acked[row % acked.length]
  if (edit === undefined) return []
  if (point !== undefined) await comesTo(point, edit.id, history)
  const isBatch = of === 'batch' && edit.batch !== undefined
  const path =
    of === 'producer' ? '/v1/producer' : isBatch ? `/v1/batches/${edit.batch}` : `/v1/edits/${edit.id}`
  const give = async (verb: string) => {
    const answer = await post(`${arena.producer.url}${path}/${verb}`, producer)
    history.add({ what: 'ordered', editId: isBatch ? (edit.batch ?? '') : edit.id, order: verb, of, answer })
    return answer
  }
  if (order === 'cancel') {
    const { outcome = 'ended' } = await give('cancel')
    const at = Date.now()
    // of a batch that ends by and by nobody was told which of its edits have ended
    const said = isBatch && outcome === 'canceled' ? 'canceling' : outcome
    return (isBatch ? acked : [edit]).map(({ id }) => ({ editId: id, outcome: said, at }))
  }
  await give('pause')
  await sleep(ms)
  await give('resume')
  return []
}

/** An edit may never come there: it is canceled then too. */
const mostMs = 6_000

async function comesTo(point: Place, editId: string, { entries }: History): Promise<void> {
  const end = performance.now() + mostMs
  const isThere = () =>
    entries.some((entry) => entry.what === 'point' && entry.point === point && entry.editId === editId)
  while (!isThere() && performance.now() < end) await sleep(20)
}

/** Failed rows of a batch are tried once more, if any. */
export async function retry(arena: Arena, batch: string, producer: number): Promise<void> {
  await post(`${arena.producer.url}/v1/batches/${batch}/retry`, producer, `retry ${batch}`)
}

/** Until it is answered by yes or no. */
async function post(url: string, producer: number, key?: string): Promise<z.infer<typeof Answer>> {
  for (;;) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${canaries.producers[producer] ?? ''}`,
          ...(key !== undefined && { 'idempotency-key': key, 'content-type': 'application/json' }),
        },
        ...(key !== undefined && { body: '{}' }),
        signal: AbortSignal.timeout(3_000),
      })
      const text = await answer.text()
      if (answer.ok) return Answer.parse(JSON.parse(text))
      // there is nothing to pause any more, or Redis forgot it for now
      if (answer.status < 500 && !answer.headers.has('retry-after')) return {}
    } catch {
      // sent again
    }
    await sleep(150)
  }
}
