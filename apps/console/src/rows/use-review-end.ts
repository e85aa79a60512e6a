import type { BatchMap } from '@restyle/client/types'
import { useMemo, useState } from 'react'
import { reviewedOf, type Reviewed } from './review-end.ts'

/** What is said when the last row of a list got its verdict. */
export type ReviewEnd = {
  batch: string
  reviewed: Reviewed
  /** Of the whole batch. */
  approved: number
  close: () => void
}

/**
 * The end of a review that has come while the list was looked at, until it is closed, a row waits again (a verdict was taken back),
 * or another list is shown.
 */
export function useReviewEnd(
  batch: string,
  { rows, verdicts }: { rows: Uint32Array; verdicts: { approved: number } },
  map: BatchMap,
): ReviewEnd | undefined {
  const reviewed = useMemo(() => reviewedOf(rows, map), [rows, map])
  const isOpen = reviewed === undefined
  const [seen, setSeen] = useState({ rows, wasOpen: isOpen })
  if (seen.rows !== rows || (isOpen && !seen.wasOpen)) setSeen({ rows, wasOpen: isOpen })
  if (isOpen || seen.rows !== rows || !seen.wasOpen) return undefined
  return {
    batch,
    reviewed,
    approved: verdicts.approved,
    close: () => setSeen({ rows, wasOpen: false }),
  }
}
