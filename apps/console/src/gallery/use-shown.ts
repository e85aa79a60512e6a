import type { BatchMap } from '@restyle/client/types'
import { useEffect } from 'react'
import { count } from '../app/format.ts'
import type { GalleryView } from '../rows/address.ts'
import { placeOf } from '../rows/filter.ts'
import type { FoundSoFar } from '../rows/use-found.ts'
import { useList } from '../rows/use-list.ts'
import { useToasts } from '../ui/toasts.tsx'

/**
 * The rows that are shown, and which of them is active: never another than the address names without a word. `isOpen`: the viewer
 * shows it.
 */
export function useShown(of: {
  view: GalleryView
  change: (change: Partial<GalleryView>) => void
  map: BatchMap
  codes: readonly string[]
  looking: FoundSoFar
}) {
  const { view, change, map, codes, looking } = of
  const { filter, row, named, open } = view
  const list = useList(map, filter, { codes, found: looking.found, named, opened: open })
  const at = placeOf(list.rows, row ?? 1)
  const active = Math.min(at.at, Math.max(0, list.rows.length - 1))

  // before that, a row may come that does match
  const isWhole = !looking.looks && filter.codes.every((code) => codes.includes(code))
  const nearest = row === undefined || at.found || !isWhole ? undefined : list.rows[active]
  const { odd } = list
  const isMissing = named !== undefined && named > map.rows
  const { say } = useToasts()
  useEffect(() => {
    if (isWhole && odd !== undefined)
      say(`Row ${count(odd)} does not match the filter: it is shown because the address names it.`)
  }, [isWhole, odd, say])
  useEffect(() => {
    if (named !== undefined && isMissing) say(`The batch has no row ${count(named)}.`)
  }, [isMissing, named, say])
  useEffect(() => {
    if (nearest !== undefined) change({ row: nearest, open: false, named: undefined })
  }, [nearest, change])

  const showNew = () => {
    change({ named: undefined })
    list.showNew()
  }
  return { list: { ...list, showNew }, active, isOpen: open && at.found && row !== undefined }
}
