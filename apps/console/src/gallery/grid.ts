/**
 * Where the cells of a grid are. Every cell has one size, so that a place is arithmetic on the number of the cell: there is no
 * layout to compute, however many there are. Lengths are CSS pixels. A line is what the grid shows side by side.
 *
 * A browser cuts a box that is taller than 33,554,428 device pixels. Above a cap the box that scrolls is shorter than the
 * lines are together: small movements still move the lines by as much, long ones in proportion.
 */
export type Grid = {
  columns: number
  lines: number
  /** Of one line with its gap. */
  lineHeight: number
  /** What is seen at once. */
  viewHeight: number
  /** All lines together. */
  tall: number
  /** The box that scrolls: `tall`, or the cap. */
  box: number
}

/** What a grid is made of. `ratio`: device pixels per CSS pixel, which grows with the zoom of the browser. */
export type GridFacts = {
  width: number
  viewHeight: number
  cellWidth: number
  lineHeight: number
  cells: number
  ratio: number
}

/** Below the 33,554,428 device pixels at which the browsers cut. */
const mostDevicePixels = 30_000_000

export function gridOf({ width, viewHeight, cellWidth, lineHeight, cells, ratio }: GridFacts): Grid {
  const columns = Math.max(1, Math.floor(width / cellWidth))
  const lines = Math.ceil(cells / columns)
  const tall = lines * lineHeight
  const box = Math.min(tall, Math.floor(mostDevicePixels / Math.max(1, ratio)))
  return { columns, lines, lineHeight, viewHeight, tall, box }
}

/** `top` is that of the box; `shift`, added to the place of a line, gives its place in the box. */
export type Scroll = { top: number; shift: number }

const clamp = (value: number, most: number): number => Math.min(Math.max(0, value), Math.max(0, most))

/** How far the lines are scrolled. */
export const offsetOf = (grid: Grid, { top, shift }: Scroll): number =>
  clamp(top - shift, grid.tall - grid.viewHeight)

/** The scroll that shows the lines from `offset` on. */
export function scrollTo(grid: Grid, offset: number): Scroll {
  const wanted = clamp(offset, grid.tall - grid.viewHeight)
  if (grid.box === grid.tall) return { top: wanted, shift: 0 }
  const top = Math.round((wanted / (grid.tall - grid.viewHeight)) * (grid.box - grid.viewHeight))
  return { top, shift: top - wanted }
}

/** The user has scrolled the box to `top`: by less than three screens the lines move as much, else in proportion. */
export function scrolled(grid: Grid, before: Scroll, top: number): Scroll {
  if (grid.box === grid.tall) return { top, shift: 0 }
  const last = grid.box - grid.viewHeight
  // fractions of a pixel are lost at the ends
  if (top <= 1) return { top, shift: top }
  if (top >= last - 1) return { top, shift: top - (grid.tall - grid.viewHeight) }
  if (Math.abs(top - before.top) < 3 * grid.viewHeight) {
    const shift = top - clamp(top - before.shift, grid.tall - grid.viewHeight)
    return { top, shift }
  }
  return { top, shift: top - (top / last) * (grid.tall - grid.viewHeight) }
}

/** The lines that are drawn: those that are seen, and `spare` before and after. `to` is the first that is not. */
export function linesSeen(grid: Grid, offset: number, spare: number): { from: number; to: number } {
  const from = Math.floor(offset / grid.lineHeight) - spare
  const to = Math.ceil((offset + grid.viewHeight) / grid.lineHeight) + spare
  return { from: Math.max(0, Math.min(from, grid.lines)), to: Math.max(0, Math.min(to, grid.lines)) }
}

/** The offset at which a line is seen whole, as near to this one as can be. */
export function offsetFor(grid: Grid, line: number, offset: number): number {
  const top = line * grid.lineHeight
  if (top < offset) return top
  return Math.max(offset, top + grid.lineHeight - grid.viewHeight)
}

/** A movement by keys. */
export type Step =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'line-start'
  | 'line-end'
  | 'page-up'
  | 'page-down'
  | 'start'
  | 'end'

/** The cell that a key leads to. Cells are counted from 0. */
export function stepTo(grid: Grid, cells: number, cell: number, step: Step): number {
  const page = Math.max(1, Math.floor(grid.viewHeight / grid.lineHeight)) * grid.columns
  const column = cell % grid.columns
  const last = cells - 1
  switch (step) {
    case 'left':
      return clamp(cell - 1, last)
    case 'right':
      return clamp(cell + 1, last)
    case 'up':
      return cell < grid.columns ? cell : cell - grid.columns
    case 'down':
      return downBy(grid.columns, cell, last)
    case 'line-start':
      return cell - column
    case 'line-end':
      return clamp(cell - column + grid.columns - 1, last)
    case 'page-up':
      return cell < page ? column : cell - page
    case 'page-down':
      return downBy(page, cell, last)
    case 'start':
      return 0
    case 'end':
      return Math.max(0, last)
  }
}

/** The last line may be shorter: then its last cell. */
const downBy = (count: number, cell: number, last: number): number =>
  Math.max(cell, clamp(cell + count, last))
