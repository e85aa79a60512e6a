import type { BatchMap, Edit } from '@restyle/client/types'
import { useEffect, useMemo, useRef } from 'react'
import { api } from '../app/api.ts'
import { redoAt, stateAt } from '../rows/filter.ts'
import { isUndecided } from '../rows/next.ts'
import { usePeek } from '../rows/review-keys.ts'
import type { Shared } from '../rows/shared.ts'
import { pictureOf, saidOf } from '../rows/said.ts'
import { rowsAhead, rowsBeside } from './ahead.ts'
import { DecisionBar } from './decision-bar.tsx'
import { RedoPanel } from './redo-panel.tsx'
import { Strip } from './strip.tsx'
import { TakesStrip } from './takes-strip.tsx'
import {
  movesOf,
  takeName,
  useDecide,
  useRedoDeeds,
  useRow,
  useTakeDeeds,
  type ViewerProps,
} from './use-deeds.ts'
import { useViewerKeys, type Deeds } from './use-viewer-keys.ts'
import { useWarm } from './use-warm.ts'
import { ViewerHead } from './viewer-head.tsx'
import { ViewerStage } from './viewer-stage.tsx'
import './viewer.css'

const beside = 3

/** One row after another, before and after, until all are decided. */
export function Viewer(props: ViewerProps) {
  const { list, map, active, view, close, refusal } = props
  const root = useRef<HTMLElement>(null)
  const row = list.rows[active] ?? 1
  const seen = useRow(props, row)
  const { own, shown, takes, against, said } = seen
  const left = useMemo(() => countLeft(list.rows, map), [list.rows, map])
  const peek = usePeek()
  useNeighbours(props)
  useEffect(() => {
    // the panel of a redo that opens with it has the focus already
    if (root.current?.contains(document.activeElement) !== true) root.current?.focus({ preventScroll: true })
  }, [])

  const { toPlace, ...moves } = movesOf(props)
  const decide = useDecide(props, seen, { toPlace, left })
  const redo = useRedoDeeds(props, seen, { toPlace, decide, root })
  const deeds: Deeds = {
    ...moves,
    ...useTakeDeeds(props, seen),
    decide,
    redo: redo.open,
    peek: peek.hold,
    leave: view.redo ? redo.close : close,
  }
  useViewerKeys(root, deeds)
  const state = shown?.state ?? stateAt(map, row)
  const isRedoing = view.redo && refusal === undefined && own?.state === 'succeeded'
  return (
    <section ref={root} className="viewer" aria-label="Viewer" tabIndex={-1}>
      <ViewerHead
        row={row}
        edit={shown ?? own}
        left={left}
        shown={list.rows.length}
        view={view}
        image={seen.image}
        deeds={deeds}
        close={close}
      />
      <div className="viewer-body">
        <ViewerStage
          root={root}
          compared={{ own, after: shown, against, nameOf: (take) => takeName(takes, take) }}
          state={state}
          view={view}
          image={seen.image}
          peek={peek.before}
        />
        {isRedoing && shown !== undefined ? (
          <RedoPanel key={own.id} own={own} from={shown} {...redo} />
        ) : null}
      </div>
      <TakesStrip takes={takes} shown={shown} against={against} own={own} said={said} deeds={deeds} />
      <DecisionBar
        state={state}
        said={said}
        made={redoAt(map, row)}
        by={own?.verdict?.verdict === said.verdict ? own.verdict.by : undefined}
        refusal={refusal}
        deeds={deeds}
        peek={peek}
      />
      <Strip {...props} beside={beside} go={toPlace} />
    </section>
  )
}

/** Has what stands beside the row read, and decoded ahead. */
function useNeighbours({ list, rows, active }: Shared): void {
  useEffect(
    () => rows.want([...rowsAhead(list.rows, active), ...rowsBeside(list.rows, active, beside)], 'viewer'),
    [rows, list.rows, active],
  )
  useEffect(() => () => rows.want([], 'viewer'), [rows])
  useWarm(addressesOf(rowsAhead(list.rows, active).map((each) => rows.get(each))))
}

const countLeft = (list: Uint32Array, planes: BatchMap): number => {
  let left = 0
  for (const row of list) if (isUndecided(planes, row)) left += 1
  return left
}

/** What is decoded ahead: the image that would be shown, and its source. */
const addressesOf = (edits: readonly (Edit | undefined)[]): string[] =>
  edits.flatMap((edit) => {
    if (edit?.state !== 'succeeded') return []
    const image = pictureOf(edit, saidOf(edit.verdict?.verdict ?? 'none', edit.verdict))
    if (image === undefined) return []
    return [api.images.picturePath(image.edit, image.index, '960'), api.images.sourcePath(edit.id, 0, '960')]
  })
