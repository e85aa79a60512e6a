import type { Batch } from '@restyle/client/types'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, names } from './api.ts'
import { useEvery, useLive } from './live.ts'
import { firstOf } from './first-of.ts'
import { joined } from './joined.ts'

/** Batches that are listed; older ones are found by the search. */
export const mostListed = 100
/** How often what the line does not tell is read again, forecasts above all, whether the line is down or not (ms). */
const everyMs = 15_000

/** What the list is narrowed to: a state as the API has it. */
export type BatchState = 'open' | 'active' | 'paused' | 'canceled' | 'failed' | 'completed' | 'to-review'

/** The newest batches, and of these or older ones those in a state, kept up to date by the line. */
export function useBatches(state: BatchState | undefined) {
  const queries = useQueryClient()
  const lists = state === undefined ? [undefined] : [undefined, state]
  useLive(
    undefined,
    ({ event, data }) => {
      if (event !== 'batch') return
      for (const each of lists)
        queries.setQueryData<Batch[]>(
          names.batches({ state: each }),
          (known) => known && withTold(known, data as Batch, each === undefined),
        )
    },
    () => {
      for (const each of lists) void queries.invalidateQueries({ queryKey: names.batches({ state: each }) })
    },
  )
  return { newest: useList(undefined), shown: useList(state) }
}

/** A batch that is new stands first where all are listed; one that left its filter stays until the list is read again. */
function withTold(known: Batch[], told: Batch, hasAll: boolean): Batch[] {
  if (known.some(({ id }) => id === told.id))
    return known.map((each) => (each.id === told.id ? joined(each, told) : each))
  return hasAll && told.createdAt > (known[0]?.createdAt ?? '') ? [told, ...known] : known
}

function useList(state: BatchState | undefined) {
  const every = useEvery()
  return useQuery({
    queryKey: names.batches({ state }),
    queryFn: ({ signal }) =>
      firstOf(api.batches.list(state === undefined ? {} : { state }, { signal }), mostListed),
    refetchInterval: every(everyMs),
  })
}

/** The producer of the key: what stops it, and its caps. */
export function useProducer() {
  const every = useEvery()
  return useQuery({
    queryKey: names.producer,
    queryFn: ({ signal }) => api.producer.read({ signal }),
    refetchInterval: every(everyMs),
  })
}

/** Has the pages show a batch as an order has left it. */
export function useNoteBatch(): (batch: Batch) => void {
  const queries = useQueryClient()
  return (batch) => {
    queries.setQueryData<Batch>(names.batch(batch.id), (known) =>
      known === undefined ? batch : joined(known, batch),
    )
    void queries.invalidateQueries({ queryKey: ['batches'] })
    void queries.invalidateQueries({ queryKey: names.batch(batch.id), exact: true })
  }
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
