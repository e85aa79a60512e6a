import { ApiError } from '@restyle/client/api-error'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { names } from '../app/api.ts'
import { count, counted } from '../app/format.ts'
import { useToasts } from '../ui/toasts.tsx'
import { verdictAt, type VerdictName } from './filter.ts'
import { rowsApi, type RowView } from './rows-api.ts'
import { forget, remember, takeBack, type Deed, type Deeds } from './undo.ts'
import { type BatchMap, useVerdictPlane } from './use-batch-map.ts'
import { openQueue } from './verdict-queue.ts'
import { verdictWords } from './words.ts'

/** Verdicts as a person gives them: shown in the same frame, stored after it, and all of them can be taken back. */
export type Verdicts = {
  /** Decides a row whose edit was read; false where that is not so, or there is nothing to decide. */
  decide: (row: number, after: VerdictName, image?: number) => boolean
  /** Takes the newest deed back. Gives the row of it, where it was one. */
  undo: () => number | undefined
  /** Remembers an operation, so that it can be taken back. */
  did: (deed: Deed) => void
}

export function useVerdicts(options: {
  batch: string
  rowOf: (row: number) => RowView | undefined
  /** The verdict is stored: the row is different now. */
  stored: (row: number) => void
  /** The operation is taken back. */
  undone: (id: string) => void
}): Verdicts {
  const { batch } = options
  const queries = useQueryClient()
  const toasts = useToasts()
  const plane = useVerdictPlane(batch)
  const latest = useRef(options)
  latest.current = options
  return useMemo(() => {
    const queue = openQueue()
    let deeds: Deeds = []
    const shownOf = (row: number): VerdictName => {
      const map = queries.getQueryData<BatchMap>(names.map(batch))
      return map === undefined ? 'none' : verdictAt(map.planes, row)
    }

    async function put(
      row: number,
      edit: string,
      change: { before: VerdictName; after: VerdictName; image?: number },
    ) {
      const { before, after } = change
      plane.show(row, after)
      try {
        await queue.run(edit, () => rowsApi.decide(edit, change))
        plane.settle(row, after, after)
      } catch (error) {
        plane.settle(row, after, before)
        if (isConflict(error)) void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
        throw error
      } finally {
        latest.current.stored(row)
      }
    }

    const decide: Verdicts['decide'] = (row, after, image) => {
      const edit = latest.current.rowOf(row)
      const before = shownOf(row)
      if (edit === undefined || before === after) return false
      const deed: Deed = { kind: 'verdict', row, edit: edit.id, before, after }
      deeds = remember(deeds, deed)
      put(row, edit.id, { before, after, ...(image === undefined ? {} : { image }) }).catch(
        (error: unknown) => {
          deeds = forget(deeds, deed)
          toasts.failed(error)
        },
      )
      return true
    }

    const undo: Verdicts['undo'] = () => {
      const taken = takeBack(deeds)
      if (taken === undefined) {
        toasts.say('There is nothing to undo.')
        return undefined
      }
      deeds = taken.left
      const { deed } = taken
      if (deed.kind === 'operation') {
        latest.current.undone(deed.id)
        toasts.say(`${counted(deed.rows, 'verdict')} are being taken back.`)
        return undefined
      }
      put(deed.row, deed.edit, { before: deed.after, after: deed.before }).catch(toasts.failed)
      toasts.say(`Row ${count(deed.row)} is ${verdictWords[deed.before]} again.`)
      return deed.row
    }

    return { decide, undo, did: (deed) => (deeds = remember(deeds, deed)) }
  }, [batch, plane, queries, toasts])
}

/** Somebody else has decided, in the meantime. */
const isConflict = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 409 || error.status === 412)
