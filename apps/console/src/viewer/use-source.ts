import { ApiError } from '@restyle/client/api-error'
import type { SourceFacts } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { api, names } from '../app/api.ts'
import { useSettled } from '../app/use-settled.ts'

/** A row that is only passed is not asked about (ms). */
const stayedMs = 200

/** How large a source of an edit is, once somebody stays at it; or why it cannot be read. `index`: counted from 0. */
export function useSource(
  edit: string | undefined,
  index: number,
): { facts?: SourceFacts | undefined; gone?: string } {
  const id = useSettled(edit ?? '', stayedMs)
  const isHere = id !== '' && id === edit
  const { data, error } = useQuery({
    queryKey: [...names.sourceFacts(id), index],
    queryFn: ({ signal }) => api.images.sourceFacts(id, index, { signal }),
    enabled: isHere,
    staleTime: Infinity,
  })
  if (!isHere) return {}
  return error instanceof ApiError && error.status === 404 ? { gone: error.message } : { facts: data }
}
