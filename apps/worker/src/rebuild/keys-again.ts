import { endOfKey, keptKeyMs } from '@restyle/shared/contract/api-key'
import { keyVersions, newestKey } from '@restyle/shared/receipt/key-record'
import { z } from 'zod'
import type { RebuildTools } from './rebuild-tools.ts'

type Tools = Pick<RebuildTools, 'log' | 'store' | 'told'> & {
  ledger: { apiKeys: Pick<RebuildTools['ledger']['apiKeys'], 'read' | 'save'> }
}

/**
 * Gives Redis the API keys back that it has lost, or has as they were before: one that was revoked since is revoked again. Those
 * that ended long ago stay forgotten.
 */
export async function keysAgain({ ledger, store, log, told }: Tools, now: number): Promise<void> {
  let keys = 0
  for (const [id, version] of await keyVersions(store)) {
    const seen = `key ${id} ${version}`
    if (told.has(seen)) continue
    const held = await ledger.apiKeys.read(id)
    if ((held?.version ?? -1) >= version) continue
    try {
      const kept = await newestKey(store, id)
      if (kept === undefined) continue
      if ((endOfKey(kept) ?? Infinity) + keptKeyMs < now) told.add(seen)
      else if ((await ledger.apiKeys.save(kept)) === 'saved') keys += 1
    } catch (error) {
      if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error
      told.add(seen)
      log.error(
        { keyId: id, err: error },
        'record of an API key cannot be read, and the key is left as it is',
      )
    }
  }
  if (keys > 0) log.warn({ keys }, 'API keys that redis had forgotten were put back')
}
