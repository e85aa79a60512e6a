import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Store } from '@restyle/shared/store/store'
import type { OnPlace } from './asking.ts'
import type { ProducerPoint } from './producer-points.ts'

const promises: readonly (readonly [key: RegExp, point: ProducerPoint])[] = [
  [/^receipts\/batches\/([^/]+)\/rows\//, 'rows-promised'],
  [/^receipts\/batches\/([^/]+)\/canceled/, 'cancel-promised'],
  [/^receipts\/([^/]+)\/cancel$/, 'cancel-promised'],
  [/^receipts\/batches\/([^/]+)\/retries\//, 'retry-promised'],
]

/** The bucket of a producer that asks how to go on after it has promised something there. */
export const askingAtPromises = (store: Store, onPlace: OnPlace): Store => ({
  ...store,
  putIfAbsent: async (key, ...rest) => {
    const put = await store.putIfAbsent(key, ...rest)
    for (const [pattern, point] of promises) {
      const [, id] = pattern.exec(key) ?? []
      if (id !== undefined) await onPlace(point, id)
    }
    return put
  },
})

/** The ledger of a producer that asks how to go on after it has kept a promise. */
export function askingWhenKept(ledger: Ledger, onPlace: OnPlace): Ledger {
  const at = async <Answer>(point: ProducerPoint, id: string, kept: Promise<Answer>): Promise<Answer> => {
    const answer = await kept
    await onPlace(point, id)
    return answer
  }
  return {
    ...ledger,
    appendRows: (rows) => at('rows-rest', rows.batch, ledger.appendRows(rows)),
    closeBatch: (batch, total) => at('batch-closed', batch, ledger.closeBatch(batch, total)),
    cancelEdit: (id) => at('cancel-done', id, ledger.cancelEdit(id)),
    cancelBatch: (batch) => at('cancel-done', batch, ledger.cancelBatch(batch)),
    retryBatch: (batch, number) => at('retry-done', batch, ledger.retryBatch(batch, number)),
  }
}
