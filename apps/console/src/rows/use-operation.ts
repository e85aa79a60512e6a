import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, names } from '../app/api.ts'
import { useToasts } from '../ui/toasts.tsx'
import type { Course } from './course.ts'
import { openOrders, type Orders } from './orders.ts'

/** Verdicts of many rows at once, and how far those are that are under way. `changed`: rows are different at the producer now. */
export function useOperation(
  batch: string,
  changed: () => void,
): { orders: Orders; running: Course | undefined } {
  const queries = useQueryClient()
  const { say, failed } = useToasts()
  const [running, show] = useState<Course>()
  const orders = useMemo(
    () =>
      openOrders({
        judge: (part) => api.verdicts.judge(batch, part),
        wait: (id, how) => api.verdicts.wait(id, how),
        undo: (id) => api.verdicts.undo(id),
        show,
        holds: openHold(),
        changed: () => {
          void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
          changed()
        },
        say,
        failed,
      }),
    [batch, changed, queries, say, failed],
  )
  return { orders, running }
}

/** Has the browser ask before the page is closed, also when the gallery was left: what is not ordered yet nobody would order. */
function openHold(): (does: boolean) => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault()
  return (does) => {
    // the same one is never added twice
    if (does) window.addEventListener('beforeunload', ask)
    else window.removeEventListener('beforeunload', ask)
  }
}
