import { useMemo, useState } from 'react'
import { countNew, countVerdicts, filterRows, inBoth, isEverything, type Filter } from './filter.ts'
import type { BatchMap } from '@restyle/client/types'

/**
 * The rows that the gallery shows: those that matched when the filter was set. They do not change under the reader; what
 * matches since then is counted, and shown when it is asked for. `matching`: those that match still.
 */
export function useList(map: BatchMap, filter: Filter, codes: readonly string[]) {
  const [shownAt, setShownAt] = useState(0)
  const key = `${shownAt} ${JSON.stringify(filter)} ${isEverything(filter) ? map.rows : ''} ${filter.codes.map((code) => codes.indexOf(code)).join()}`
  const [frozen, setFrozen] = useState<{ key: string; rows: Uint32Array }>()
  const rows = frozen?.key === key ? frozen.rows : filterRows(map, filter, codes)
  if (frozen?.key !== key) setFrozen({ key, rows })
  const { fresh, matching } = useMemo(() => {
    if (isEverything(filter)) return { fresh: 0, matching: rows }
    const now = filterRows(map, filter, codes)
    return { fresh: countNew(rows, now), matching: inBoth(rows, now) }
  }, [map, filter, codes, rows])
  const verdicts = useMemo(() => countVerdicts(map), [map])
  return { rows, matching, fresh, verdicts, showNew: () => setShownAt((times) => times + 1) }
}
