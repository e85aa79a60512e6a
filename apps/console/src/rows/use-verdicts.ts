import type { BatchMap, Edit } from '@restyle/client/types'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, names } from '../app/api.ts'
import { useToasts } from '../ui/toasts.tsx'
import { verdictAt } from './filter.ts'
import type { Orders } from './orders.ts'
import type { Rows } from './rows-store.ts'
import { saidOf } from './said.ts'
import { storeVerdict } from './store-verdict.ts'
import { useVerdictPlane } from './use-batch-map.ts'
import { openDesk, type Verdicts } from './verdict-desk.ts'

/** Where a person decides on the rows of a batch. `orders`: those on many rows. */
export function useVerdicts(
  batch: string,
  rows: Rows<Edit>,
  orders: Pick<Orders, 'alone' | 'wishedOf'>,
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
          return saidOf(map === undefined ? 'none' : verdictAt(map, row), rows.get(row)?.verdict)
        },
        editOf: (row) => rows.get(row)?.id,
        store: (of, change) => storeVerdict(api.verdicts, { ...of, batch }, change),
        stored: (row) => rows.touch([row]),
        overtaken: () => void queries.invalidateQueries({ queryKey: names.map(batch), exact: true }),
        ...orders,
        say,
        failed,
      }),
    [batch, plane, queries, rows, orders, say, failed],
  )
}
