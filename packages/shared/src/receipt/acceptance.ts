import { z } from 'zod'
import { NewBatch, NewEdit } from '../contract/new-edit.ts'
import { acceptancePrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import { putJson } from '../store/put-json.ts'

/**
 * What a producer was promised: written before the answer, so that an edit that was accepted comes back even if Redis
 * forgets it. One object per edit that came alone, one per batch.
 */
export const Acceptance = z.object({
  v: z.literal(1),
  batch: NewBatch.optional(),
  edits: z.array(NewEdit),
})
export type Acceptance = z.infer<typeof Acceptance>

/** Writes the promise under `id`. One with another body that is there already stays, and this one is a `conflict`. */
export async function writeAcceptance(
  store: Store,
  id: string,
  acceptance: Acceptance,
  now: number,
): Promise<'promised' | 'conflict'> {
  const key = `${acceptancePrefix(now)}${id}`
  if ((await putJson(store, key, acceptance)).kind !== 'collision') return 'promised'
  const first = await readAcceptance(store, key)
  return first === undefined || bodyOf(first) === bodyOf(acceptance) ? 'promised' : 'conflict'
}

async function readAcceptance(store: Store, key: string): Promise<Acceptance | undefined> {
  const bytes = await store.get(key)
  return bytes === undefined ? undefined : Acceptance.parse(JSON.parse(bytes.toString()))
}

const bodyOf = ({ batch, edits }: Acceptance): string | undefined => batch?.bodyHash ?? edits[0]?.bodyHash

/** The promises made in the hour of `at` (epoch ms), by id; each is read only when asked for. */
export async function* acceptancesOf(
  store: Store,
  at: number,
): AsyncGenerator<{ id: string; read: () => Promise<Acceptance | undefined> }> {
  const prefix = acceptancePrefix(at)
  for await (const { key } of store.list(prefix)) {
    yield { id: key.slice(prefix.length), read: () => readAcceptance(store, key) }
  }
}
