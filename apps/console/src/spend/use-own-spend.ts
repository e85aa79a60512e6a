import type { Producer, Usage } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { useSession } from '../app/session.tsx'
import type { SpendFacts } from './cap-outlook.ts'

/** What a rate is taken of. */
const fewestDays = 7
const everyMs = 60_000

/**
 * What is known of how a producer's caps go on; undefined until it was read, and where there is no cap. `shown`: as many
 * days as a chart shows. `isAlone`: nobody else's money is in what this key is told.
 */
export function useOwnSpend(
  { name, caps = [], zone = 'UTC' }: Pick<Producer, 'name' | 'caps' | 'zone'>,
  shown: number,
): { facts: SpendFacts; isAlone: boolean } | undefined {
  const every = useEvery()
  const isAdmin = useSession().scopes.includes('admin')
  const days = Math.max(shown, fewestDays)
  const read = (by: Usage['by'], enabled: boolean) => ({
    queryKey: names.usage({ by, days, ...(by === 'day' ? { producer: name } : {}) }),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.usage({ by, days, limit: 1_000, ...(by === 'day' ? { producer: name } : {}) }, { signal }),
    enabled: enabled && caps.length > 0,
    refetchInterval: every(everyMs),
  })
  const own = useQuery(read('day', true))
  const producers = useQuery(read('producer', isAdmin))
  if (own.data === undefined || caps.length === 0) return undefined
  const isAlone = !isAdmin || producers.data?.rows.every((row) => row.name === name) === true
  return { facts: { rows: own.data.rows, zone, now: own.dataUpdatedAt }, isAlone }
}
