import type { BatchMap, Edit } from '@restyle/client/types'
import { useEffect, useMemo, useRef } from 'react'
import { api } from '../app/api.ts'
import { redoAt, stateAt } from '../rows/filter.ts'
import { isUndecided } from '../rows/next.ts'
import { usePeek } from '../rows/review-keys.ts'
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
import { sourceShown } from './sources.ts'
import { useSources } from './use-sources.ts'
import { useViewerKeys, type Deeds } from './use-viewer-keys.ts'
import { useWarm } from './use-warm.ts'
import { toggleWide, useWide } from './use-wide.ts'
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
  const source = useSources(props, seen)
  const wide = useWide()
  useNeighbours(props)
  useEffect(() => {
    // the panel of a redo that opens with it has the focus already
    if (root.current?.contains(document.activeElement) !== true) root.current?.focus({ preventScroll: true })
  }, [])

  const { toPlace, ...moves } = movesOf(props)
  const { decide, note } = useDecide(props, seen, toPlace)
  const redo = useRedoDeeds(props, seen, { toPlace, decide, root })
  const deeds: Deeds = {
    ...moves,
    ...useTakeDeeds(props, seen),
    ...source.deeds,
    wide: toggleWide,
    decide,
    note,
    redo: redo.open,
    peek: peek.hold,
    leave: view.redo ? redo.close : close,
  }
  useViewerKeys(root, deeds)
  const state = shown?.state ?? stateAt(map, row)
  const isRedoing = view.redo && refusal === undefined && own?.state === 'succeeded'
  return (
    <section ref={root} className="viewer" aria-label="Viewer" tabIndex={-1}>
      <div className="viewer-inside">
        <ViewerHead
          row={row}
          edit={shown ?? own}
          left={left}
          shown={list.rows.length}
          mode={view.mode}
          wide={wide}
          deeds={deeds}
          close={close}
        />
        <ViewerStage
          root={root}
          row={row}
          compared={{
            own,
            after: shown,
            against,
            source: source.at,
            nameOf: (take) => takeName(takes, take),
          }}
          state={state}
          view={view}
          image={seen.image}
          peek={peek.before}
          deeds={deeds}
          panel={
            isRedoing && shown !== undefined ? (
              <RedoPanel key={own.id} own={own} from={shown} {...redo} />
            ) : null
          }
          bar={
            <DecisionBar
              state={state}
              said={said}
              made={redoAt(map, row)}
              told={own?.verdict?.verdict === said.verdict ? own.verdict : undefined}
              refusal={refusal}
              deeds={deeds}
              peek={peek}
              root={root}
              row={row}
              end={props.end}
            />
          }
        />
        <div className="viewer-strips">
          <TakesStrip takes={takes} shown={shown} against={against} own={own} said={said} deeds={deeds} />
          <Strip {...props} beside={beside} go={toPlace} />
        </div>
      </div>
    </section>
  )
}

/** Has what stands beside the row read, and decoded ahead. */
function useNeighbours({ list, rows, active, view }: ViewerProps): void {
  useEffect(
    () => rows.want([...rowsAhead(list.rows, active), ...rowsBeside(list.rows, active, beside)], 'viewer'),
    [rows, list.rows, active],
  )
  useEffect(() => () => rows.want([], 'viewer'), [rows])
  useWarm(
    addressesOf(
      rowsAhead(list.rows, active).map((each) => rows.get(each)),
      view.source,
    ),
  )
}

const countLeft = (list: Uint32Array, planes: BatchMap): number => {
  let left = 0
  for (const row of list) if (isUndecided(planes, row)) left += 1
  return left
}

/** What is decoded ahead: the image that would be shown, and the source that would stand beside it. */
const addressesOf = (edits: readonly (Edit | undefined)[], asked: number | undefined): string[] =>
  edits.flatMap((edit) => {
    if (edit?.state !== 'succeeded') return []
    const image = pictureOf(edit, saidOf(edit.verdict?.verdict ?? 'none', edit.verdict))
    if (image === undefined) return []
    const source = sourceShown(asked, edit.request.images.length)
    return [
      api.images.picturePath(image.edit, image.index, '960'),
      api.images.sourcePath(edit.id, source, '960'),
    ]
  })
