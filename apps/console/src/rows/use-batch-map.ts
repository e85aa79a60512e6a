import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { names } from '../app/api.ts'
import { verdictByte, type Planes, type VerdictName } from './filter.ts'
import { rowsApi } from './rows-api.ts'
import { applyChanges, readPlanes, type MapChange } from './planes.ts'

/** The planes of a batch. They are written in place: a change makes another object around the same bytes. */
export type BatchMap = { etag: string | null; planes: Planes }

/** Verdicts that the producer has not confirmed: what is read meanwhile does not show the old ones again. */
const pending = new Map<string, Map<number, VerdictName>>()
const pendingOf = (batch: string): Map<number, VerdictName> => {
  const known = pending.get(batch) ?? new Map<number, VerdictName>()
  pending.set(batch, known)
  return known
}

function withPending(batch: string, planes: Planes): Planes {
  for (const [row, verdict] of pendingOf(batch)) planes.verdict[row - 1] = verdictByte(verdict)
  return planes
}

/** The map of a batch: read once, again where it is invalidated, and only if it has changed. */
export function useBatchMap(batch: string): UseQueryResult<BatchMap> {
  const queries = useQueryClient()
  return useQuery({
    queryKey: names.map(batch),
    queryFn: ({ signal }) => readMap(queries, batch, signal),
    staleTime: Infinity,
    structuralSharing: false,
  })
}

async function readMap(queries: QueryClient, batch: string, signal: AbortSignal): Promise<BatchMap> {
  const before = queries.getQueryData<BatchMap>(names.map(batch))
  const answer = await rowsApi.map(batch, before?.etag ?? null, signal)
  if (answer.kind === 'same' && before !== undefined) return before
  if (answer.kind === 'same') throw new Error('the producer says that an unread map has not changed')
  const { bytes, etag, names: planes, rows } = answer
  return { etag, planes: withPending(batch, readPlanes(bytes, { names: planes, rows })) }
}

/** Writes changes into a map that was read; one that has more rows by now is read again. */
export function changeMap(queries: QueryClient, batch: string, changes: readonly MapChange[]): void {
  const map = queries.getQueryData<BatchMap>(names.map(batch))
  if (map === undefined || changes.length === 0) return
  const all = applyChanges(map.planes, changes)
  withPending(batch, map.planes)
  // what was read is not what the producer has any more
  queries.setQueryData<BatchMap>(names.map(batch), { etag: null, planes: map.planes })
  if (!all) void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
}

/** Shows a verdict at once; `settle` says that the producer has it, or, with another one, that it has that instead. */
export function useVerdictPlane(batch: string) {
  const queries = useQueryClient()
  return useMemo(() => {
    const write = (row: number, verdict: VerdictName) =>
      changeMap(queries, batch, [{ row, plane: 'verdict', value: verdictByte(verdict) }])
    return {
      show: (row: number, verdict: VerdictName): void => {
        pendingOf(batch).set(row, verdict)
        write(row, verdict)
      },
      /** A later verdict of the same row stays shown. */
      settle: (row: number, shown: VerdictName, stored: VerdictName): void => {
        if (pendingOf(batch).get(row) !== shown) return
        pendingOf(batch).delete(row)
        if (stored !== shown) write(row, stored)
      },
    }
  }, [queries, batch])
}
