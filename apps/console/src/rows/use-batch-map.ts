import { withChanges } from '@restyle/client/live'
import type { Batch, BatchMap } from '@restyle/client/types'
import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, names } from '../app/api.ts'
import { pollMs } from '../app/line-plan.ts'
import { useEvery, useLive, useLiveState } from '../app/live.ts'
import { joined } from '../app/joined.ts'
import { verdictByte, type VerdictName } from './filter.ts'

type MapChanges = Parameters<typeof withChanges>[1]
/** Who keeps rows of the batch, and hears which of them are different. */
type Keeper = { touch: (rows: readonly number[]) => void; touchAll: () => void }

/** Verdicts that the producer has not confirmed: what is read meanwhile does not show the old ones again. */
const pending = new Map<string, Map<number, VerdictName>>()
const pendingOf = (batch: string): Map<number, VerdictName> => {
  const known = pending.get(batch) ?? new Map<number, VerdictName>()
  pending.set(batch, known)
  return known
}

/** What was told of a batch while its map was read: the answer may be older. */
const toldMeanwhile = new Map<string, MapChanges[]>()

function withPending(batch: string, map: BatchMap): BatchMap {
  for (const [row, verdict] of pendingOf(batch)) map.verdict[row - 1] = verdictByte(verdict)
  return map
}

/**
 * The map of a batch, kept up to date by the line, and the batch with it. Its planes are written in place: a change makes another
 * object around the same bytes. It is read again where too much has changed to be told, and now and then while there is no line. `rows`
 * hears what is different.
 */
export function useBatchMap(batch: string, rows?: Keeper): UseQueryResult<BatchMap> {
  const queries = useQueryClient()
  const name = names.map(batch)
  const every = useEvery()
  const { status } = useLiveState()
  const isDown = status === 'lost' || status === 'off'
  useLive(
    batch,
    ({ event, data }) => {
      if (event === 'batch')
        queries.setQueryData<Batch>(names.batch(batch), (known) => known && joined(known, data as Batch))
      if (event === 'map') {
        const told = data as MapChanges
        hear(queries, batch, told)
        rows?.touch(told.changes.map(([row]) => row))
      }
      if (event !== 'map-reset') return
      const { version } = data as { version: number }
      if (version <= (queries.getQueryData<BatchMap>(name)?.version ?? -1)) return
      void queries.invalidateQueries({ queryKey: name })
      rows?.touchAll()
    },
    (opened) => {
      void queries.invalidateQueries({ queryKey: names.batch(batch), exact: opened })
      rows?.touchAll()
    },
  )
  return useQuery({
    queryKey: name,
    queryFn: async ({ signal }) => {
      const map = await readMap(batch, signal)
      const known = queries.getQueryData<BatchMap>(name)
      if (isDown && known !== undefined && known.version !== map.version) rows?.touchAll()
      return map
    },
    refetchInterval: ({ state }) => isDown && every(pollMs(Date.now() - state.dataUpdatedAt)),
    staleTime: Infinity,
    structuralSharing: false,
  })
}

async function readMap(batch: string, signal: AbortSignal): Promise<BatchMap> {
  const told: MapChanges[] = []
  toldMeanwhile.set(batch, told)
  try {
    return withPending(batch, told.reduce(withChanges, await api.batches.map(batch, { signal })))
  } finally {
    if (toldMeanwhile.get(batch) === told) toldMeanwhile.delete(batch)
  }
}

function hear(queries: QueryClient, batch: string, told: MapChanges): void {
  toldMeanwhile.get(batch)?.push(told)
  queries.setQueryData<BatchMap>(names.map(batch), (map) => {
    const changed = map && withChanges(map, told)
    return changed === map ? map : changed && withPending(batch, changed)
  })
}

/** Shows a verdict at once; `settle` says that the producer has it, or, with another one, that it has that instead. */
export function useVerdictPlane(batch: string) {
  const queries = useQueryClient()
  return useMemo(() => {
    const write = (row: number, verdict: VerdictName) =>
      queries.setQueryData<BatchMap>(names.map(batch), (map) => {
        if (map === undefined) return map
        map.verdict[row - 1] = verdictByte(verdict)
        return { ...map }
      })
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
