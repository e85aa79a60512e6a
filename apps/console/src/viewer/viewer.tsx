import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { count } from '../app/format.ts'
import { useToasts } from '../ui/toasts.tsx'
import type { GalleryView, Mode } from '../rows/address.ts'
import { stateAt, verdictAt, type VerdictName } from '../rows/filter.ts'
import { rowsApi, imageAddress, sourceAddress, type RowView } from '../rows/rows-api.ts'
import { usePeek } from '../rows/review-keys.ts'
import type { Shared } from '../rows/shared.ts'
import { isUndecided, nextUndecided } from '../rows/next.ts'
import { rowsAhead, rowsBeside } from './ahead.ts'
import { DecisionBar } from './decision-bar.tsx'
import { Strip } from './strip.tsx'
import { useViewerKeys } from './use-viewer-keys.ts'
import { useWarm } from './use-warm.ts'
import { ViewerHead } from './viewer-head.tsx'
import { ViewerStage } from './viewer-stage.tsx'
import './viewer.css'

const beside = 3

type Props = Shared & {
  view: GalleryView
  change: (change: Partial<GalleryView>, how?: 'push' | 'replace') => void
  close: () => void
}

/** One row after another, before and after, until all are decided. */
export function Viewer(props: Props) {
  const { list, map, rows, active, view, change, close, verdicts, refusal } = props
  const root = useRef<HTMLElement>(null)
  const row = list.rows[active] ?? 1
  const newest = rows.get(row)
  const takes = useTakes(newest)
  const edit = takes.find(({ take }) => (take ?? 1) === view.take) ?? newest
  const left = useMemo(() => countLeft(list.rows, map.planes), [list.rows, map])
  const peek = usePeek()
  useEffect(() => root.current?.focus({ preventScroll: true }), [])
  useEffect(
    () => rows.want([...rowsAhead(list.rows, active), ...rowsBeside(list.rows, active, beside)], 'viewer'),
    [rows, list.rows, active],
  )
  useEffect(() => () => rows.want([], 'viewer'), [rows])
  useWarm(addressesOf(rowsAhead(list.rows, active).map((each) => rows.get(each))))

  const go = (place: number | undefined) => {
    const to = place === undefined ? undefined : list.rows[place]
    if (to === undefined) return
    change({ row: to, image: 0, take: undefined })
  }
  const decide = useDecide(props, { edit, row, go, left })
  const deeds = {
    go: (by: number) => go(Math.min(Math.max(0, active + by), list.rows.length - 1)),
    goTo: (place: 'start' | 'end') => go(place === 'start' ? 0 : list.rows.length - 1),
    decide,
    undo: () => {
      const back = verdicts.undo()
      if (back !== undefined) change({ row: back, image: 0, take: undefined })
    },
    image: (image: number) => {
      if (edit?.images.some(({ index }) => index === image) === true) change({ image })
    },
    nextTake: () => {
      const at = takes.findIndex(({ id }) => id === edit?.id)
      const next = takes[(at + 1) % Math.max(1, takes.length)]
      if (next !== undefined) change({ take: next.take ?? 1, image: 0 })
    },
    mode: (mode: Mode) => change({ mode }),
    peek: peek.hold,
    leave: close,
  }
  useViewerKeys(root, deeds)
  return (
    <section ref={root} className="viewer" aria-label="Viewer" tabIndex={-1}>
      <ViewerHead
        row={row}
        edit={edit}
        left={left}
        shown={list.rows.length}
        takes={takes}
        view={view}
        deeds={deeds}
        close={close}
      />
      <div className="viewer-body">
        <ViewerStage
          root={root}
          row={row}
          edit={edit}
          state={stateAt(map.planes, row)}
          view={view}
          peek={peek.before}
        />
      </div>
      <DecisionBar
        state={stateAt(map.planes, row)}
        verdict={verdictAt(map.planes, row)}
        edit={edit}
        refusal={refusal}
        deeds={deeds}
        peek={peek}
      />
      <Strip {...props} beside={beside} go={go} />
    </section>
  )
}

const countLeft = (list: Uint32Array, planes: Shared['map']['planes']): number => {
  let left = 0
  for (const row of list) if (isUndecided(planes, row)) left += 1
  return left
}

/** The edits that the row had, the oldest first; of a row with one, that one. */
function useTakes(edit: RowView | undefined): readonly RowView[] {
  const several = edit !== undefined && (edit.take ?? 1) > 1
  const { data } = useQuery({
    queryKey: ['edit', edit?.id, 'takes'],
    queryFn: ({ signal }) => rowsApi.takes(edit?.id ?? '', signal),
    enabled: several,
  })
  if (edit === undefined) return []
  return several && data !== undefined ? data : [edit]
}

/** What is decoded ahead: the image that would be shown, and its source. */
const addressesOf = (edits: readonly (RowView | undefined)[]): string[] =>
  edits.flatMap((edit) => {
    const image = edit?.images.find(({ failure }) => failure === undefined)
    if (edit === undefined || image === undefined || edit.state !== 'succeeded') return []
    return [imageAddress(edit.id, image.index, 960), sourceAddress(edit.id, 0, 960)]
  })

/** Gives a verdict and goes on: to what was next before the list changed. */
function useDecide(
  { list, map, active, verdicts, refusal, view }: Props,
  here: { edit: RowView | undefined; row: number; go: (place: number | undefined) => void; left: number },
) {
  const toasts = useToasts()
  const { edit, row, go, left } = here
  return (verdict: VerdictName, stay: boolean) => {
    if (refusal !== undefined) return toasts.say(refusal)
    if (edit?.state !== 'succeeded') return toasts.say('There is no picture to decide on yet.')
    const next = nextUndecided(list.rows, map.planes, active)
    const several = edit.images.length > 1 && verdict === 'approved'
    const decided = verdicts.decide(row, verdict, several ? view.image : undefined)
    if (stay || verdict === 'none') return
    if (next !== undefined) return go(next)
    if (decided && left <= 1) toasts.say(`All ${count(list.rows.length)} rows are reviewed.`)
  }
}
