import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react'
import { count } from '../app/format.ts'
import { stepTo, type Step } from './grid.ts'
import { useGrid } from './use-grid.ts'

/** Where a cell is in the grid, and what it is called there. */
export type CellPlace = {
  id: string
  place: number
  row: number
  column: number
  left: number
  width: number
}

/** What keys do to a grid. */
export type GridHandle = {
  /** The place that a key leads to from the active one. */
  placeAfter: (step: Step) => number
  focus: () => void
}

const cellId = (row: number): string => `cell-${row}`

/**
 * The grid of rows, of which those on the screen exist. The grid itself keeps the focus and says which cell is active: a cell
 * that has the focus would lose it, and the keys, when it is scrolled away.
 */
export function GridView(props: {
  handle: RefObject<GridHandle | null>
  box: RefObject<HTMLDivElement | null>
  label: string
  rows: Uint32Array
  active: number
  cellWidth: number
  cellHeight: number
  renderCell: (cell: CellPlace) => ReactNode
  /** The rows on the screen, and a screen after them. */
  seen: (rows: readonly number[]) => void
  press: (place: number, event: MouseEvent) => void
}) {
  const { handle, box, rows, active, cellWidth, cellHeight, seen } = props
  const { grid, drawn, place, show } = useGrid({
    box,
    cells: rows.length,
    cellWidth,
    lineHeight: cellHeight,
  })
  const line = Math.floor(active / grid.columns)
  useImperativeHandle(
    handle,
    () => ({
      placeAfter: (step) => stepTo(grid, rows.length, active, step),
      focus: () => box.current?.focus({ preventScroll: true }),
    }),
    [grid, rows, active, box],
  )
  const shown = useRef(-1)
  useLayoutEffect(() => {
    // only a move of the active cell scrolls: a person may scroll away from it
    if (shown.current !== active && grid.columns > 0 && drawn.to > 0) {
      shown.current = active
      show(line)
      bringIntoSight(box.current)
    }
  }, [active, box, drawn.to, grid.columns, line, show])
  useEffect(() => {
    const [from, to] = [drawn.from * grid.columns, drawn.to * grid.columns]
    // those that are seen first, then the next screen
    seen([...rows.subarray(from, to), ...rows.subarray(to, Math.min(2 * to - from, to + 60))])
  }, [drawn.from, drawn.to, grid.columns, rows, seen])

  const lines = Array.from(
    { length: Math.max(0, Math.min(drawn.to, grid.lines) - drawn.from) },
    (_, i) => drawn.from + i,
  )
  if (line < grid.lines && !lines.includes(line)) lines.push(line)
  const width = place.width / grid.columns
  return (
    <div
      ref={box}
      role="grid"
      tabIndex={0}
      className="gallery-grid"
      style={{ height: Math.min(place.viewHeight, Math.max(grid.tall, 1)) }}
      aria-label={props.label}
      aria-rowcount={grid.lines}
      aria-colcount={grid.columns}
      aria-multiselectable="true"
      aria-activedescendant={rows[active] === undefined ? undefined : cellId(rows[active])}
      onFocus={() => bringIntoSight(box.current)}
      onClick={(event) => {
        const cell = (event.target as Element).closest('[data-place]')
        if (cell !== null) props.press(Number(cell.getAttribute('data-place')), event)
      }}
    >
      <div role="presentation" className="gallery-tall" style={{ height: grid.box }}>
        {lines.map((each) => (
          <div
            key={each}
            role="row"
            aria-rowindex={each + 1}
            className="line"
            style={{ top: each * grid.lineHeight + drawn.shift, height: grid.lineHeight }}
          >
            {Array.from({ length: grid.columns }, (_, column) => {
              const place = each * grid.columns + column
              const row = rows[place]
              if (row === undefined) return null
              return props.renderCell({ id: cellId(row), place, row, column, left: column * width, width })
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

/** A window may be too small for all of the page: whoever moves by keys sees the grid then, and what a pointer is on stays where it is. */
function bringIntoSight(grid: HTMLElement | null): void {
  if (grid?.matches(':focus-visible') === true) grid.scrollIntoView({ block: 'nearest' })
}

export const gridLabel = (batch: string, shown: number): string =>
  `Pictures of ${batch}: ${count(shown)} rows`
