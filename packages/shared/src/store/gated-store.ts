import { RestyleError } from '../errors.ts'
import type { BucketGate } from './bucket-gate.ts'
import type { Store } from './store.ts'
import { StoreError } from './store-error.ts'

/**
 * The same bucket, into which nothing is written before it was found sound; throws `BucketClosed` then. A write that it
 * refuses for good has it tried again, so that a person is told.
 */
export const gatedStore = (store: Store, gate: BucketGate): Store => ({
  ...store,
  putIfAbsent: async (...put) => {
    await mustBeOpen(gate)
    try {
      return await store.putIfAbsent(...put)
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'bucket') gate.recheck()
      throw error
    }
  },
})

/** Asks the bucket for something small, if it was found sound. Rejects where it was not, or does not answer. */
export async function askWhenOpen(store: Store, gate: BucketGate): Promise<void> {
  await mustBeOpen(gate)
  await store.head('.restyle/ready')
}

async function mustBeOpen(gate: BucketGate): Promise<void> {
  await gate.first
  if (!gate.isOpen()) throw new RestyleError('BucketClosed', 'the bucket cannot be relied on now')
}
