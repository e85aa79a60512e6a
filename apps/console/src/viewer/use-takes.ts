import type { Edit } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, names } from '../app/api.ts'

/**
 * The edits that a row had, and its redos, the oldest first. They are read where the row says that there are several, or when they
 * are asked for; and again when `redo`, the byte of its redo in the map, says that one of them has changed. `waits`: there are
 * several, and none was read yet.
 */
export function useTakes(
  own: Edit | undefined,
  redo: number,
): {
  takes: readonly Edit[]
  waits: boolean
  /** Reads them of a row that says nothing of others: the verdict that named a redo may be gone. */
  ask: () => Promise<readonly Edit[]>
} {
  const id = own?.id ?? ''
  const meant = own?.verdict?.redo
  const [asked, setAsked] = useState<string>()
  const expected =
    own !== undefined && ((own.take ?? 1) > 1 || redo !== 0 || meant !== undefined || asked === id)
  const { data, isError, refetch } = useQuery({
    queryKey: [...names.takes(id), redo],
    queryFn: ({ signal }) => api.edits.takes(id, { signal }),
    enabled: expected,
    // those that were read before stay until the change was read
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
  })
  const missing = meant !== undefined && data !== undefined && !data.some((take) => take.id === meant)
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
