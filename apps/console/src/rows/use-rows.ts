import { useEffect, useState } from 'react'
import { rowsApi, type RowView } from './rows-api.ts'
import { openRows, type Rows } from './rows-store.ts'

/** The rows of a batch, as far as they were read; the component is drawn again when some arrive. */
export function useRows(batch: string): { rows: Rows<RowView>; arrived: number } {
  const [arrived, setArrived] = useState(0)
  const [rows] = useState(() =>
    openRows<RowView>({
      read: (text, signal) => rowsApi.rows(batch, text, signal),
      changed: () => setArrived((times) => times + 1),
      now: () => performance.now(),
    }),
  )
  useEffect(() => {
    rows.open()
    return () => rows.close()
  }, [rows])
  return { rows, arrived }
}
