import { useMemo, useState } from 'react'
import { countNew, countVerdicts, filterRows, isEverything, type Filter } from './filter.ts'
import type { BatchMap } from '@restyle/client/types'

/**
 * The rows that the gallery shows: those that matched when the filter was set. They do not change under the reader; what
 * matches since then is counted, and shown when it is asked for.
 */
export function useList(map: BatchMap, filter: Filter, codes: readonly string[]) {
  const [shownAt, setShownAt] = useState(0)
  const key = `${shownAt} ${JSON.stringify(filter)} ${isEverything(filter) ? map.rows : ''} ${filter.codes.length > 0 ? codes.join() : ''}`
  const [frozen, setFrozen] = useState<{ key: string; rows: Uint32Array }>()
  const rows = frozen?.key === key ? frozen.rows : filterRows(map, filter, codes)
  if (frozen?.key !== key) setFrozen({ key, rows })
  const fresh = useMemo(
    () => (isEverything(filter) ? 0 : countNew(rows, filterRows(map, filter, codes))),
    [map, filter, codes, rows],
  )
  const verdicts = useMemo(() => countVerdicts(map), [map])
  return { rows, fresh, verdicts, showNew: () => setShownAt((times) => times + 1) }
}
