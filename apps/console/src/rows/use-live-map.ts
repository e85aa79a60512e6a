import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { names } from '../app/api.ts'
import { changeMap } from './use-batch-map.ts'
import { changesOf } from './planes.ts'

/** A tab that nobody looks at follows nothing after so long (ms). */
const hiddenMs = 60_000

/** Writes what changes in a batch into its map, as the producer tells it. `touched` hears which rows are different. */
export function useLiveMap(batch: string, touched: (rows: readonly number[]) => void): void {
  const queries = useQueryClient()
  const latest = useRef(touched)
  useLayoutEffect(() => {
    latest.current = touched
  })
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const reset = () => void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
    const open = () => {
      if (source !== undefined) return
      source = new EventSource(`/v1/live?batch=${encodeURIComponent(batch)}`)
      source.addEventListener('map', ({ data }) => {
        const changes = changesOf(String(data))
        changeMap(queries, batch, changes)
        latest.current(changes.map(({ row }) => row))
      })
      source.addEventListener('map-reset', reset)
    }
    const close = () => {
      source?.close()
      source = undefined
    }
    const onVisible = () => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') open()
      else timer = setTimeout(close, hiddenMs)
    }
    open()
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
      close()
    }
  }, [batch, queries])
}
