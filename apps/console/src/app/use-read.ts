import { type Query, useQueryClient } from '@tanstack/react-query'
import { useMemo, useSyncExternalStore } from 'react'
import { names } from './api.ts'
import { oldestOf, type Read } from './freshness.ts'

/** Read once, whatever page it is. */
const ofNoPage: readonly unknown[] = [names.session[0], names.models[0]]

/** When what is on the page was read, and how often it is. */
export function useRead(): Read | undefined {
  const queries = useQueryClient()
  const cache = queries.getQueryCache()
  const shown = useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => JSON.stringify(oldestOf(cache.findAll({ type: 'active' }).flatMap(readOf)) ?? null),
  )
  return useMemo(() => (JSON.parse(shown) as Read | null) ?? undefined, [shown])
}

function readOf(query: Query): Read[] {
  const { queryKey, state, observers } = query
  if (state.dataUpdatedAt === 0 || ofNoPage.includes(queryKey[0])) return []
  const intervals = observers.flatMap(({ options }) => {
    const asked = options.refetchInterval
    const ms = typeof asked === 'function' ? asked(query) : asked
    return typeof ms === 'number' ? [ms] : []
  })
  return [{ at: state.dataUpdatedAt, everyMs: intervals.length === 0 ? undefined : Math.min(...intervals) }]
}
