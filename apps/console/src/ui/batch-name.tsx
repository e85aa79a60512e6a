import type { Batch } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { api, names } from '../app/api.ts'
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

/** How a batch is called of which the id is known: its id until its name was read. `isRead`: whether it is read at all. */
export function useNameOfBatch(id: string, isRead = true): string {
  const nameOf = useBatchName()
  const { data } = useQuery({
    queryKey: names.batch(id),
    queryFn: ({ signal }) => api.batches.read(id, { signal }),
    enabled: isRead && id !== '',
    // its name does not change
    staleTime: Infinity,
  })
  return data === undefined ? id : nameOf(data)
}
