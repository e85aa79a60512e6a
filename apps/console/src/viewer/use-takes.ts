import type { Edit } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { isAnyOpen, lookAgainMs } from './takes.ts'

/**
 * The edits that a row had, and its redos, the oldest first. They are read where the row says that there are several, or when they
 * are asked for; again and again while one of them is open. `waits`: there are several, and none was read yet.
 */
export function useTakes(own: Edit | undefined): {
  takes: readonly Edit[]
  waits: boolean
  /** Reads them of a row that says nothing of others: the verdict that named a redo may be gone. */
  ask: () => Promise<readonly Edit[]>
} {
  const every = useEvery()
  const id = own?.id ?? ''
  const redo = own?.verdict?.redo
  const [asked, setAsked] = useState<string>()
  const expected = own !== undefined && ((own.take ?? 1) > 1 || redo !== undefined || asked === id)
  const { data, isError, refetch } = useQuery({
    queryKey: names.takes(id),
    queryFn: ({ signal }) => api.edits.takes(id, { signal }),
    enabled: expected,
    refetchInterval: ({ state }) =>
      state.data === undefined || !isAnyOpen(state.data) ? false : every(lookAgainMs(state.dataUpdateCount)),
  })
  const missing = redo !== undefined && data !== undefined && !data.some((take) => take.id === redo)
  useEffect(() => {
    // it was ordered after these were read
    if (missing) void refetch()
  }, [missing, refetch])
  const none = own === undefined ? [] : [own]
  return {
    // what is read of the row itself is newer than what stands among its takes
    takes: data === undefined || own === undefined ? none : data.map((take) => (take.id === id ? own : take)),
    waits: expected && data === undefined && !isError,
    ask: async () => {
      setAsked(id)
      return (await refetch()).data ?? none
    },
  }
}
