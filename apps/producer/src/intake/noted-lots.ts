import type { Lot } from '@restyle/shared/ledger/rests'
import { writeLots } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'

const remembered = 10_000

/** The lots of batches that the bucket has been told of: each chunk has some, mostly those of the chunk before. */
export function openNotedLots(store: Pick<Store, 'putIfAbsent'>) {
  const noted = new Set<string>()
  const nameOf = (batch: string, lot: Lot) => `${batch} ${lot.model} ${lot.class}`
  return {
    write: async (batch: string, lots: readonly Lot[]): Promise<void> => {
      const fresh = lots.filter((lot) => !noted.has(nameOf(batch, lot)))
      if (fresh.length === 0) return
      await writeLots(store, batch, fresh)
      if (noted.size + fresh.length > remembered) noted.clear()
      for (const lot of fresh) noted.add(nameOf(batch, lot))
    },
  }
}
export type NotedLots = ReturnType<typeof openNotedLots>
