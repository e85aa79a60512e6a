import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { names } from '../app/api.ts'
import { useToasts } from '../ui/toasts.tsx'
import { verdictAt } from './filter.ts'
import { rowsApi, type RowView } from './rows-api.ts'
import type { Rows } from './rows-store.ts'
import { saidOf } from './said.ts'
import { type BatchMap, useVerdictPlane } from './use-batch-map.ts'
import { openDesk, type Verdicts } from './verdict-desk.ts'

/** Where a person decides on the rows of a batch. `undone`: an operation is to be taken back. */
export function useVerdicts(
  batch: string,
  rows: Rows<RowView>,
  undone: (operation: string) => void,
): Verdicts {
  const queries = useQueryClient()
  const { say, failed } = useToasts()
  const plane = useVerdictPlane(batch)
  return useMemo(
    () =>
      openDesk({
        ...plane,
        shownOf: (row) => {
          const map = queries.getQueryData<BatchMap>(names.map(batch))
          return saidOf(map === undefined ? 'none' : verdictAt(map.planes, row), rows.get(row)?.verdict)
        },
        editOf: (row) => rows.get(row)?.id,
        store: rowsApi.decide,
        stored: (row) => rows.touch([row]),
        overtaken: () => void queries.invalidateQueries({ queryKey: names.map(batch), exact: true }),
        undone,
        say,
        failed,
      }),
    [batch, plane, queries, rows, undone, say, failed],
  )
}
