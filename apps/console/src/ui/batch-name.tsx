import type { Batch } from '@restyle/client/types'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { batchName } from './batch-words.ts'

type Named = Pick<Batch, 'id' | 'name' | 'schedule'>

/** Gives how a batch is called, with times on this person's clock. */
export function useBatchName(): (batch: Named) => string {
  const { zone } = usePreferences()
  const now = useNow(60_000)
  return (batch) => batchName(batch, now, zone)
}

/** How a batch is called. */
export const BatchName = ({ batch }: { batch: Named }) => <bdi>{useBatchName()(batch)}</bdi>
