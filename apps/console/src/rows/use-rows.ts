import { ApiError } from '@restyle/client/api-error'
import type { Edit } from '@restyle/client/types'
import { useEffect, useState } from 'react'
import { api } from '../app/api.ts'
import { openRows, type Rows } from './rows-store.ts'

/** The rows of a batch, as far as they were read; the component is drawn again when some arrive. */
export function useRows(batch: string): { rows: Rows<Edit>; arrived: number } {
  const [arrived, setArrived] = useState(0)
  const [rows] = useState(() =>
    openRows<Edit>({
      read: (text, signal) => readRows(batch, text, signal),
      changed: () => setArrived((times) => times + 1),
      now: () => performance.now(),
      waitOf: waitAsked,
    }),
  )
  useEffect(() => {
    rows.open()
    return () => rows.close()
  }, [rows])
  return { rows, arrived }
}

/** How long the producer has asked to wait (ms), which the page says; undefined where it has not. */
const waitAsked = (error: unknown): number | undefined =>
  error instanceof ApiError ? error.retryAfterMs : undefined

/** An edit tells its row counted from 0; rows are asked for, and kept, counted from 1. */
async function readRows(batch: string, ranges: string, signal: AbortSignal): Promise<Edit[]> {
  const { edits } = await api.batches.editsOfRows(batch, ranges, { signal })
  return edits.map((edit) => (edit.row === undefined ? edit : { ...edit, row: edit.row + 1 }))
}
