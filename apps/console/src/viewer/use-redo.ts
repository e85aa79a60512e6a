import type { Edit, RedoRequest } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { api, newKey } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { useSettled } from '../app/use-settled.ts'
import { useToasts } from '../ui/toasts.tsx'

/** A wish is asked about when nothing was typed for so long, and again and again while the panel is open (ms). */
const [typedMs, againMs] = [400, 5_000]

/**
 * The price of a redo while it is written, and the order of it. `known`: it is of what is asked for now; else of what was a moment
 * ago. `isHere`: it was not closed before the answer came.
 */
export function useRedo(own: Edit, wanted: RedoRequest, ordered: (redo: string, isHere: boolean) => void) {
  const toasts = useToasts()
  const every = useEvery()
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  const [busy, setBusy] = useState(false)
  const request = JSON.stringify(wanted)
  // the same wish, pressed again after an answer was lost, is paid once
  const key = useMemo(() => ({ request, key: newKey() }), [request]).key
  const asked = useSettled(request, typedMs)
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['redo-price', own.id, asked],
    queryFn: ({ signal }) => api.edits.forecastRedo(own.id, JSON.parse(asked) as RedoRequest, { signal }),
    placeholderData: (before) => before,
    // what is left changes with everything that is billed
    refetchInterval: ({ state }) => (state.data === undefined ? false : every(againMs)),
    gcTime: 0,
  })
  const known = request === asked && !isPlaceholderData && data !== undefined && error === null
  const ready = known && !busy
  const order = () => {
    if (!ready) return
    setBusy(true)
    api.edits.redo(own.id, wanted, { idempotencyKey: key }).then(
      ({ id }) => ordered(id, here.current),
      (why: unknown) => {
        setBusy(false)
        toasts.failed(why)
      },
    )
  }
  return { price: data, error, known, ready, order }
}
