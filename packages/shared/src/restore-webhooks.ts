import { z } from 'zod'
import { RestyleError } from './errors.ts'
import type { Ledger } from './ledger/ledger.ts'
import { newestWebhook, webhooksIn } from './receipt/webhook-receipt.ts'
import type { Store } from './store/store.ts'

type Tools = { ledger: Pick<Ledger, 'webhooks'>; store: Pick<Store, 'get' | 'list'> }
type Name = { producer: string; id: string }

/**
 * Sets webhooks as the bucket knows them where Redis has forgotten that. One that was forgotten whole begins again after the
 * place that it was made at: what Redis still has of its producer's events is sent again, with the same ids. `poisoned`: those
 * whose records cannot be read; they keep no other from coming back.
 */
export async function restoreWebhooks(
  tools: Tools,
  signal?: AbortSignal,
): Promise<{ restored: number; poisoned: { webhook: string; why: string }[] }> {
  let restored = 0
  const poisoned: { webhook: string; why: string }[] = []
  for (const { revision, ...name } of await webhooksIn(tools.store)) {
    if (signal?.aborted) break
    try {
      const known = await tools.ledger.webhooks.read(name.id)
      if (known !== undefined && known.revision >= revision) continue
      if (await restoreWebhook(name, tools)) restored += 1
    } catch (error) {
      if (!isPoison(error)) throw error
      poisoned.push({ webhook: name.id, why: error.message })
    }
  }
  return { restored, poisoned }
}

const isPoison = (error: unknown): error is Error =>
  error instanceof z.ZodError ||
  error instanceof SyntaxError ||
  (error instanceof RestyleError && error.code === 'Unreadable')

/** The same for one; whether it changed anything. */
export async function restoreWebhook(name: Name, { ledger, store }: Tools): Promise<boolean> {
  const newest = await newestWebhook(store, name)
  if (newest === undefined) return false
  const known = await ledger.webhooks.read(name.id)
  const { revision, settings } = newest
  if (known !== undefined && known.revision >= revision) return false
  if (settings !== undefined) {
    const saved = await ledger.webhooks.save(name, settings, { version: known?.version ?? '', revision })
    return saved.kind === 'saved'
  }
  if (known === undefined) return false
  return (await ledger.webhooks.remove(name, known.version)).kind === 'saved'
}
