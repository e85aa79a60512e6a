import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { Operation } from '@restyle/client/types'
import { api, names } from '../app/api.ts'
import { counted } from '../app/format.ts'
import { useToasts } from '../ui/toasts.tsx'
import type { Many } from './many-of.ts'

const askEveryMs = 500

const isOver = ({ state }: Operation): boolean => state !== 'running' && state !== 'undoing'

/** What an operation came to. */
function endWords({ state, done, left, restored = 0, changedSince = 0 }: Operation): string {
  const [count, kept] = state === 'undone' ? [restored, changedSince] : [done, left]
  const did = state === 'undone' ? 'taken back' : 'stored'
  return `${counted(count, 'verdict')} ${did}${kept === 0 ? '' : `; ${counted(kept, 'row')} had changed and stayed`}.`
}

/** Verdicts of many rows at once: an operation of the producer, of which this page shows how far it is. */
export function useOperation(batch: string, changed: () => void) {
  const queries = useQueryClient()
  const { say, failed } = useToasts()
  const [id, setId] = useState<string>()
  const { data } = useQuery({
    queryKey: ['operation', id],
    queryFn: ({ signal }) => api.verdicts.operation(id ?? '', { signal }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : askEveryMs),
  })
  const over = data !== undefined && isOver(data)
  useEffect(() => {
    if (!over || data === undefined) return
    void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
    changed()
    say(endWords(data))
  }, [over, data, queries, batch, changed, say])

  const watch = useCallback(
    async (ask: () => Promise<Operation>): Promise<Operation | undefined> => {
      try {
        const operation = await ask()
        // what was read of it before is over
        queries.setQueryData(['operation', operation.id], operation)
        setId(operation.id)
        return operation
      } catch (error) {
        failed(error)
        return undefined
      }
    },
    [queries, failed],
  )
  return {
    running: over ? undefined : data,
    /** Undefined where it was refused, which is told. */
    start: useCallback((many: Many) => watch(() => api.verdicts.judge(batch, many)), [watch, batch]),
    undo: useCallback((operation: string) => void watch(() => api.verdicts.undo(operation)), [watch]),
  }
}
