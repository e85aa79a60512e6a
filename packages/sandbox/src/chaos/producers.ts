import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Origin, sha256Of } from '../dashscope/origin.ts'
import { type Arena, canaries, producers } from './arena.ts'
import type { Source } from './sources.ts'
import type { History } from './history.ts'
import type { Call } from './plan.ts'

/** An edit that was acknowledged; `url` is its source picture, which nobody else's edit names; `origin` what its images must be made of. */
export type AckedEdit = {
  id: string
  batch?: string
  producer: string
  url: string
  n: number
  origin: Origin
}

const Ack = z.object({ id: z.string() })

/** A request is given up after this, and sent again. */
const patienceMs = 3_000

/** Makes one call, again and again until it is acknowledged; as any careful client would. Returns what was accepted. */
export async function call(
  { producer, twice, prompts, atMs }: Call,
  name: string,
  arena: Arena,
  history: History,
): Promise<AckedEdit[]> {
  await sleep(atMs)
  const sources = await Promise.all(
    prompts.map(({ place }, row) => untilMade(() => arena.sources.make(`${name}-${row}`, place))),
  )
  const edits = prompts.map(({ prompt, n }, row) => ({
    prompt,
    n,
    size: '768*768',
    images: [sources[row]?.address ?? ''],
  }))
  const [first] = edits
  const single = edits.length === 1
  const send = () =>
    acknowledged(single ? '/v1/edits' : '/v1/batches', name, single ? first : { edits }, producer)
  const [id, again] = await Promise.all([send(), twice ? sleep(5).then(send) : undefined])
  if (again !== undefined && again !== id)
    throw new Error(`the call ${name} was acknowledged as ${id} and as ${again}`)

  const owner = producers[producer] ?? ''
  const acked = edits.map(({ images, n, prompt }, row): AckedEdit => {
    const origin = { prompt: sha256Of(prompt), sources: [sources[row]?.sha256 ?? ''] }
    const shared = { producer: owner, url: images[0] ?? '', n, origin }
    return single ? { id, ...shared } : { id: `${id}-${row}`, batch: id, ...shared }
  })
  for (const { id: editId, n: _, origin: __, ...rest } of acked)
    history.add({ what: 'acked', editId, ...rest })
  return acked

  async function acknowledged(path: string, key: string, body: unknown, index: number): Promise<string> {
    for (;;) {
      try {
        const answer = await fetch(`${arena.producer.url}${path}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${canaries.producers[index] ?? ''}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(patienceMs),
        })
        const text = await answer.text()
        if (answer.ok) return Ack.parse(JSON.parse(text)).id
        // the one before may still be carried out
        const isLater = answer.status >= 500 || answer.headers.has('retry-after')
        if (!isLater) throw new Refused(`${path} was answered with ${answer.status}: ${text}`)
      } catch (error) {
        if (error instanceof Refused) throw error
      }
      await sleep(150)
    }
  }
}

/** The bucket may be away just now. */
export async function untilMade(make: () => Promise<Source>): Promise<Source> {
  for (;;) {
    const made = await make().catch(() => undefined)
    if (made !== undefined) return made
    await sleep(150)
  }
}

class Refused extends Error {}

/** Whether a producer is shown an edit: each may see its own and nobody else's. */
export async function canRead(arena: Arena, producer: number, editId: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${canaries.producers[producer] ?? ''}` }
  const answer = await fetch(`${arena.producer.url}/v1/edits/${editId}`, { headers })
  await answer.body?.cancel()
  return answer.status === 200
}
