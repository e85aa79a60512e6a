import type { Store } from './store.ts'

/** Buckets of sources and catalogs. Each is opened when it is first named; `of` throws where none can be opened. */
export function openBuckets(open: ((bucket: string) => Store) | undefined) {
  const opened = new Map<string, Store>()
  return {
    of: (bucket: string): Store => {
      const known = opened.get(bucket) ?? open?.(bucket)
      if (known === undefined) throw new TypeError('no other bucket can be opened')
      opened.set(bucket, known)
      return known
    },
    close: (): void => {
      for (const each of opened.values()) each.close()
    },
  }
}
