import { createHash } from 'node:crypto'
import type { PutOutcome } from './create-object.ts'
import type { Store } from './store.ts'

/** Creates a small object, or tells what is there already. */
export function putJson(
  store: Pick<Store, 'putIfAbsent'>,
  key: string,
  value: object,
  signal?: AbortSignal,
): Promise<PutOutcome> {
  const bytes = Buffer.from(JSON.stringify(value))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return store.putIfAbsent(key, bytes, { contentType: 'application/json', sha256 }, signal)
}
