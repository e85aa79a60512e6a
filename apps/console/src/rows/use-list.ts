import type { BatchMap } from '@restyle/client/types'
import { useMemo, useState } from 'react'
import { countNew, countVerdicts, filterRows, inBoth, isEverything, placeOf, type Filter } from './filter.ts'
import type { Found } from './found-rows.ts'

/** Rows that are shown, of those before `to`. Those from `last` on came after the filter was set. */
type Frozen = { key: string; rows: Uint32Array; to: number; last: number }

/**
 * The rows that the gallery shows: those that matched when the filter was set. They do not change under the reader; what
 * matches since then is counted, and shown when it is asked for. Where a text is looked for, rows follow at the end as far as the
 * producer has looked. The row `named` is shown among them, or alone where it is `opened`, also if it did not match: then it is
 * `odd`. `matching`: those that match still; `to`: as far as rows are shown; `of`: the same as long as rows are only added.
 */
export function useList(
  map: BatchMap,
  filter: Filter,
  {
    codes,
    found,
    named,
    opened,
  }: { codes: readonly string[]; found: Found; named: number | undefined; opened: boolean },
) {
  const [shownAt, setShownAt] = useState(0)
  const of = `${shownAt} ${JSON.stringify(filter)}`
  const key = `${of} ${isEverything(filter) ? map.rows : ''} ${filter.codes.map((code) => codes.indexOf(code)).join()}`
  const [frozen, setFrozen] = useState<Frozen>()
  const within = filter.text === '' ? undefined : found.bits
  const upTo = filter.text === '' ? map.rows : Math.min(found.to, map.rows)
  const now = frozenNow(frozen, { key, upTo, last: map.rows }, (from, to) =>
    filterRows(map, filter, codes, { from, to, within }),
  )
  if (now !== frozen) setFrozen(now)
  const odd = oddOf(now.rows, { named, opened, last: map.rows })
  const rows = useMemo(() => (odd === undefined ? now.rows : withRow(now.rows, odd)), [now.rows, odd])
  const { fresh, matching } = useMemo(() => {
    if (isEverything(filter)) return { fresh: 0, matching: rows }
    const all = filterRows(map, filter, codes, { to: upTo, within })
    return { fresh: countNew(rows, all), matching: inBoth(rows, all) }
  }, [map, filter, codes, rows, upTo, within])
  const verdicts = useMemo(() => countVerdicts(map), [map])
  const showNew = () => setShownAt((times) => times + 1)
  return { rows, matching, fresh, verdicts, to: now.to, of, odd, showNew }
}

function oddOf(
  rows: Uint32Array,
  { named, opened, last }: { named: number | undefined; opened: boolean; last: number },
): number | undefined {
  if (named === undefined || named > last || placeOf(rows, named).found) return undefined
  return opened || rows.length > 0 ? named : undefined
}

function withRow(rows: Uint32Array, row: number): Uint32Array {
  const { at } = placeOf(rows, row)
  return joined(joined(rows.subarray(0, at), Uint32Array.of(row)), rows.subarray(at))
}

function frozenNow(
  frozen: Frozen | undefined,
  { key, upTo, last }: { key: string; upTo: number; last: number },
  find: (from: number, to: number) => Uint32Array,
): Frozen {
  if (frozen?.key !== key) return { key, rows: find(0, upTo), to: upTo, last }
  const to = Math.min(upTo, frozen.last)
  if (to <= frozen.to) return frozen
  const more = find(frozen.to, to)
  return { ...frozen, to, rows: more.length === 0 ? frozen.rows : joined(frozen.rows, more) }
}

function joined(rows: Uint32Array, more: Uint32Array): Uint32Array {
  const all = new Uint32Array(rows.length + more.length)
  all.set(rows)
  all.set(more, rows.length)
  return all
}
