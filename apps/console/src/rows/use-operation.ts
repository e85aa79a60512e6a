import type { Operation } from '@restyle/client/types'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, names } from '../app/api.ts'
import { useToasts } from '../ui/toasts.tsx'
import { endWords, type Course, rowsNamed } from './course.ts'
import type { Many } from './many-of.ts'

const isOver = ({ state }: Operation): boolean => state !== 'running' && state !== 'undoing'

/** One of the operations of a course. `ahead`: rows that those after it name. */
type Step = { ask: () => Promise<Operation>; ahead: number }

/**
 * Verdicts of many rows at once: operations of the producer, one after another, of which this page shows how far they are. A wish
 * that comes while another is under way ends that one where it is.
 */
export function useOperation(batch: string, changed: () => void) {
  const queries = useQueryClient()
  const { say, failed } = useToasts()
  const [course, setCourse] = useState<Course>()
  const latest = useRef(0)
  useStaying((course?.ahead ?? 0) > 0)

  const run = useCallback(
    async (
      isUndo: boolean,
      steps: readonly Step[],
      begun?: (operation: Operation) => void,
    ): Promise<void> => {
      latest.current += 1
      const mine = latest.current
      const isLatest = () => latest.current === mine
      const operations: Operation[] = []
      const tell = (at: number, operation: Operation, ahead: number) => {
        operations[at] = operation
        if (isLatest()) setCourse({ isUndo, operations: [...operations], ahead })
      }
      try {
        await doSteps(steps, { isLatest, tell, begun })
      } catch (error) {
        failed(error)
      }
      void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
      changed()
      if (!isLatest()) return
      setCourse(undefined)
      if (operations.length > 0) say(endWords({ isUndo, operations, ahead: 0 }))
    },
    [queries, batch, changed, say, failed],
  )
  return {
    running: course,
    /** `begun` hears of each as soon as the producer has it. */
    start: useCallback(
      (parts: readonly Many[], begun: (operation: Operation) => void) =>
        run(
          false,
          parts.map((part, at) => ({
            ask: () => api.verdicts.judge(batch, part),
            ahead: rowsNamed(parts.slice(at + 1)),
          })),
          begun,
        ),
      [run, batch],
    ),
    undo: useCallback(
      (operations: readonly string[]) =>
        void run(
          true,
          operations.toReversed().map((id) => ({ ask: () => api.verdicts.undo(id), ahead: 0 })),
        ),
      [run],
    ),
  }
}

type Hears = {
  /** Whether no other wish has come meanwhile. */
  isLatest: () => boolean
  tell: (at: number, operation: Operation, ahead: number) => void
  begun: ((operation: Operation) => void) | undefined
}

/** Gives the orders one after another, each when the one before has ended; none after another wish has come. */
async function doSteps(steps: readonly Step[], { isLatest, tell, begun }: Hears): Promise<void> {
  for (const [at, { ask, ahead }] of steps.entries()) {
    const operation = await ask()
    // what it belongs to was taken back while it was being ordered
    if (!isLatest() && begun !== undefined) return void (await api.verdicts.undo(operation.id))
    begun?.(operation)
    tell(at, operation, ahead)
    if (!isOver(operation))
      tell(at, await api.verdicts.wait(operation.id, { onRead: (now) => tell(at, now, ahead) }), ahead)
    if (!isLatest()) return
  }
}

/** Has the browser ask before the page is closed: what it has not ordered yet nobody would. */
function useStaying(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [wanted])
}
