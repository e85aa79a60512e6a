import type { Store } from '../store/store.ts'

const isReceipt = (key: string): boolean => key.startsWith('receipts/')

/** The same bucket, where receipts are neither written nor found: for one that cannot fence anything with them. */
export function withoutReceipts(store: Store): Store {
  return {
    ...store,
    putIfAbsent: async (key, ...rest) =>
      isReceipt(key) ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
    get: async (key) => (isReceipt(key) ? undefined : store.get(key)),
    async *list(prefix, options) {
      if (!isReceipt(prefix)) yield* store.list(prefix, options)
    },
  }
}
