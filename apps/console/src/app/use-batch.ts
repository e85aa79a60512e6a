import type { Batch } from '@restyle/client/types'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, names } from './api.ts'
import { useEvery, useLive } from './live.ts'
import { firstOf } from './first-of.ts'

/** Batches that are listed; older ones are found by the search. */
export const mostListed = 100
/** How often what the line does not tell is read again: forecasts, and everything while the line is down (ms). */
const everyMs = 15_000

/** What the list is narrowed to: a state as the API has it. */
export type BatchState = 'open' | 'active' | 'paused' | 'canceled' | 'failed' | 'completed'

/** The newest batches, kept up to date by the line. */
export function useBatches(state: BatchState | undefined) {
  const queries = useQueryClient()
  const name = names.batches({ state })
  const every = useEvery()
  useLive(
    undefined,
    ({ event, data }) => {
      if (event !== 'batch') return
      const told = data as Batch
      queries.setQueryData<Batch[]>(name, (known) => {
        // one that is new stands first; one that left the filter stays where it is until the list is read again
        if (known === undefined || known.some(({ id }) => id === told.id))
          return known?.map((each) => (each.id === told.id ? joined(each, told) : each))
        return state === undefined && told.createdAt > (known[0]?.createdAt ?? '') ? [told, ...known] : known
      })
    },
    () => void queries.invalidateQueries({ queryKey: name }),
  )
  return useQuery({
    queryKey: name,
    queryFn: ({ signal }) =>
      firstOf(api.batches.list(state === undefined ? {} : { state }, { signal }), mostListed),
    refetchInterval: every(everyMs),
  })
}

/** One batch, without its map. `enabled`: whether it is read at all. */
export const useBatch = (id: string, enabled = true) => {
  const every = useEvery()
  return useQuery({
    queryKey: names.batch(id),
    queryFn: ({ signal }) => api.batches.read(id, { signal }),
    enabled,
    refetchInterval: every(everyMs),
  })
}

/** The line leaves out what is costly to know: that stays as it was read. */
export const joined = (known: Batch, told: Batch): Batch => ({
  ...(known.forecast === undefined || told.completedAt !== undefined ? {} : { forecast: known.forecast }),
  ...(known.waitsFor === undefined || told.completedAt !== undefined ? {} : { waitsFor: known.waitsFor }),
  ...told,
})
