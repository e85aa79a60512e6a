import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { names } from '../app/api.ts'
import { counted } from '../app/format.ts'
import { useToasts } from '../ui/toasts.tsx'
import type { Many } from './many-of.ts'
import { newKey, rowsApi, type Operation } from './rows-api.ts'
import type { Deed } from './undo.ts'

const askEveryMs = 500

const isOver = ({ state }: Operation): boolean => state !== 'running' && state !== 'undoing'

/** What an operation came to. */
function endWords({ state, done, left = 0, restored = 0, changedSince = 0 }: Operation): string {
  const [count, kept] = state === 'undone' ? [restored, changedSince] : [done, left]
  const did = state === 'undone' ? 'taken back' : 'stored'
  return `${counted(count, 'verdict')} ${did}${kept === 0 ? '' : `; ${counted(kept, 'row')} had changed and stayed`}.`
}

/** Verdicts of many rows at once: an operation of the producer, of which this page shows how far it is. */
export function useOperation(batch: string, did: (deed: Deed) => void, changed: () => void) {
  const queries = useQueryClient()
  const toasts = useToasts()
  const [id, setId] = useState<string>()
  const { data } = useQuery({
    queryKey: ['operation', id],
    queryFn: () => rowsApi.operation(id ?? ''),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : askEveryMs),
  })
  const over = data !== undefined && isOver(data)
  useEffect(() => {
    if (!over || data === undefined) return
    setId(undefined)
    void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
    changed()
    toasts.say(endWords(data))
  }, [over, data, queries, batch, changed, toasts])

  const watch = (operation: Operation) => {
    // what was read of it before is over
    queries.setQueryData(['operation', operation.id], operation)
    setId(operation.id)
  }
  return {
    running: id === undefined ? undefined : (data ?? { id, matched: 0, done: 0, state: 'running' }),
    start: async (many: Many): Promise<void> => {
      try {
        const operation = await rowsApi.decideMany(batch, many, newKey())
        did({ kind: 'operation', id: operation.id, rows: operation.matched, after: many.verdict ?? 'none' })
        watch(operation)
      } catch (error) {
        toasts.failed(error)
      }
    },
    undo: async (operation: string): Promise<void> => {
      try {
        watch(await rowsApi.undo(operation))
      } catch (error) {
        toasts.failed(error)
      }
    },
  }
}
