import type { useList } from './use-list.ts'
import type { BatchMap } from '@restyle/client/types'
import type { useRows } from './use-rows.ts'
import type { ReviewEnd } from './use-review-end.ts'
import type { Verdicts } from './verdict-desk.ts'

/** What the grid and the viewer of a batch are both handed. */
export type Shared = {
  id: string
  list: ReturnType<typeof useList>
  map: BatchMap
  codes: readonly string[]
  rows: ReturnType<typeof useRows>['rows']
  /** Grows when rows arrive. */
  arrived: number
  verdicts: Verdicts
  /** Why this key may not decide. */
  refusal: string | undefined
  /** The last row of the list that waited for a verdict has one. */
  end: ReviewEnd | undefined
  /** The place of the active row in the list. */
  active: number
}
