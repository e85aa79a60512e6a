import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useToasts } from '../ui/toasts.tsx'
import { Cell } from './cell.tsx'
import { sideFor } from './cell-side.ts'
import { useSourcesAhead } from './use-sources-ahead.ts'
import { codeAt, placeOf, redoAt, stateAt, verdictAt, type Filter, type VerdictName } from '../rows/filter.ts'
import { manyOf, type Many } from '../rows/many-of.ts'
import type { Peek } from '../rows/review-keys.ts'
import { useGridKeys } from './gallery-keys.ts'
import type { Step } from './grid.ts'
import { gridLabel, GridView, type CellPlace, type GridHandle } from './grid-view.tsx'
import type { Shared } from '../rows/shared.ts'
import { nextUndecided } from '../rows/next.ts'
import { onPicture, saidOf } from '../rows/said.ts'
import {
  countSelected,
  isSelected,
  nothing,
  selectBetween,
  toggleRow,
  type Selection,
} from '../rows/selection.ts'
import { SelectionBar } from './selection-bar.tsx'

/** Of a cell under its picture: the name. */
const nameHeight = 24

type Props = Shared & {
  name: string
  edge: number
  filter: Filter
  peek: Peek
  /** The viewer stands over it. */
  covered: boolean
  move: (row: number) => void
  open: (row: number, how?: { redo: boolean }) => void
  /** False where too many wait for their turn. */
  decideMany: (wanted: { parts: readonly Many[]; rows: number }) => boolean
}

/** The grid of pictures with its keys and the selection. */
export function Gallery(props: Props) {
  const { list, map, codes, rows, active, edge, peek, covered, refusal } = props
  const box = useRef<HTMLDivElement>(null)
  const handle = useRef<GridHandle>(null)
  const [selected, setSelected] = useState({ of: list.of, selection: nothing })
  // another list begins with nothing selected; one that grows has the same rows
  const selection = selected.of === list.of ? selected.selection : nothing
  const setSelection = (next: Selection) => setSelected({ of: list.of, selection: next })
  const [anchor, setAnchor] = useState<number>()
  const act = useGridDeeds(props, { handle, anchor, setAnchor, selection, setSelection })
  useGridKeys(box, act)
  useFocusWhenUncovered(covered, handle)
  const seen = useCallback((wanted: readonly number[]) => rows.want(wanted), [rows])
  const side = sideFor(edge, devicePixelRatio)
  useSourcesAhead(props, side)
  const renderCell = (cell: CellPlace) => (
    <Cell
      key={cell.row}
      {...cell}
      edit={rows.get(cell.row)}
      state={stateAt(map, cell.row)}
      verdict={verdictAt(map, cell.row)}
      code={codeAt(map, cell.row, codes)}
      made={redoAt(map, cell.row)}
      selected={
        isSelected(selection, cell.row) &&
        (selection.kind === 'rows' || placeOf(list.matching, cell.row).found)
      }
      active={cell.place === active}
      before={peek.before}
      side={side}
    />
  )
  const press = (place: number, event: MouseEvent) => {
    const row = list.rows[place]
    if (row === undefined) return
    props.move(row)
    if (event.shiftKey) setSelection(selectBetween(selection, list.rows, [anchor ?? active, place]))
    else if (event.ctrlKey || event.metaKey) setSelection(toggleRow(selection, row))
    else return props.open(row)
    setAnchor(anchor ?? place)
  }
  return (
    <div className="gallery-body">
      <GridView
        handle={handle}
        box={box}
        label={gridLabel(props.name, list.rows.length)}
        rows={list.rows}
        active={active}
        cellWidth={edge}
        cellHeight={edge + nameHeight}
        renderCell={renderCell}
        seen={seen}
        press={press}
      />
      <SelectionBar
        selection={selection}
        matching={list.matching}
        refusal={refusal}
        decide={(verdict) => {
          act.decideSelected(verdict ?? 'none')
          handle.current?.focus()
        }}
        selectAll={() => {
          act.selectAll()
          handle.current?.focus()
        }}
        clear={() => {
          setSelection(nothing)
          handle.current?.focus()
        }}
      />
    </div>
  )
}

/** The keys come back to the grid when the viewer closes. */
function useFocusWhenUncovered(covered: boolean, handle: { current: GridHandle | null }): void {
  const before = useRef(true)
  useEffect(() => {
    if (before.current && !covered) handle.current?.focus()
    before.current = covered
  }, [covered, handle])
}

function useGridDeeds(
  props: Props,
  own: {
    handle: { current: GridHandle | null }
    anchor: number | undefined
    setAnchor: (place: number | undefined) => void
    selection: Selection
    setSelection: (selection: Selection) => void
  },
) {
  const { list, map, active, verdicts, peek, refusal, move, open } = props
  const { handle, anchor, setAnchor, selection, setSelection } = own
  const toasts = useToasts()
  const row = list.rows[active]
  const go = (place: number | undefined) => {
    const to = place === undefined ? undefined : list.rows[place]
    if (to !== undefined) move(to)
  }
  const decideSelected = (verdict: VerdictName) => {
    const chosen = { selection, filter: props.filter, list: list.rows, matching: list.matching, map }
    const many = manyOf(chosen, verdict === 'none' ? null : verdict)
    if (many === undefined) return toasts.say('These rows lie too far apart: choose fewer of them.')
    const rows = countSelected(selection, list.matching)
    if (many.length > 0 && !props.decideMany({ parts: many, rows }))
      return toasts.say('Ten such verdicts wait for their turn: give this one when one has ended.')
    setSelection(nothing)
  }
  return {
    decideSelected,
    move: (step: Step) => {
      setAnchor(undefined)
      go(handle.current?.placeAfter(step))
    },
    extend: (step: Step) => {
      const to = handle.current?.placeAfter(step) ?? active
      setAnchor(anchor ?? active)
      setSelection(selectBetween(nothing, list.rows, [anchor ?? active, to]))
      go(to)
    },
    open: () => {
      if (row !== undefined) open(row)
    },
    select: () => {
      if (row !== undefined) setSelection(toggleRow(selection, row))
      setAnchor(active)
    },
    selectAll: () => setSelection({ kind: 'matching', to: list.to, except: [] }),
    decide: (verdict: VerdictName, stay: boolean) => {
      if (row === undefined) return
      if (refusal !== undefined) return toasts.say(refusal)
      if (countSelected(selection, list.matching) > 0) return decideSelected(verdict)
      // before the list changes
      const next = nextUndecided(list.rows, map, active)
      if (stateAt(map, row) !== 'succeeded') return toasts.say('There is no picture to decide on yet.')
      const edit = props.rows.get(row)
      if (edit === undefined) return toasts.say('This picture is being read.')
      verdicts.decide(row, onPicture(verdict, edit, saidOf(verdictAt(map, row), edit.verdict)))
      if (!stay) go(next)
    },
    redo: () => {
      if (row === undefined) return
      if (refusal !== undefined) return toasts.say(refusal)
      if (countSelected(selection, list.matching) > 0) return decideSelected('redo')
      if (stateAt(map, row) !== 'succeeded') return toasts.say('There is no picture to redo yet.')
      open(row, { redo: true })
    },
    undo: () => {
      const back = verdicts.undo()
      if (back !== undefined && placeOf(list.rows, back).found) move(back)
    },
    showNew: list.showNew,
    leave: () => setSelection(nothing),
    peek: peek.hold,
  }
}
