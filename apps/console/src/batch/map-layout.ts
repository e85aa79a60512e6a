import type { Part } from '../ui/parts.ts'

/** How rows lie in the map: so many beside one another, and the edge of a cell in px as it is drawn at most. */
export type MapLayout = { columns: number; lines: number; edge: number }

/** Wider than high, and not larger than a hand for a few rows. */
const shape = 2.6
const mostEdge = 24

/** The layout of so many rows in a box of that width (px). */
export function layoutOf(rows: number, width: number): MapLayout {
  const columns = Math.max(
    1,
    Math.min(
      rows,
      Math.max(Math.ceil(Math.sqrt(rows * shape)), Math.floor(Math.min(width, rows * mostEdge) / mostEdge)),
    ),
  )
  const lines = Math.max(1, Math.ceil(rows / columns))
  return { columns, lines, edge: Math.min(mostEdge, width / columns) }
}

/** What a byte of the plane `state` is shown as. */
export const partOfByte = (byte: number): Part => byByte[byte] ?? 'queued'

const code = (letter: string): number => letter.charCodeAt(0)
const byByte: Readonly<Record<number, Part>> = {
  [code('s')]: 'running',
  [code('r')]: 'running',
  [code('u')]: 'doubt',
  [code('v')]: 'doubt',
  [code('d')]: 'rendered',
  [code('+')]: 'stored',
  [code('-')]: 'failed',
  [code('x')]: 'canceled',
}

/** The row, counted from 1, that a key of the map leads to; undefined where the key does not move. */
export function rowAfter(
  key: string,
  row: number,
  rows: number,
  { columns, lines }: MapLayout,
): number | undefined {
  const page = Math.max(1, Math.floor(lines / 10)) * columns
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: row - 1,
    ArrowRight: row + 1,
    ArrowUp: row - columns,
    ArrowDown: row + columns,
    PageUp: row - page,
    PageDown: row + page,
    Home: 1,
    End: rows,
  }
  const to = moves[key]
  return to === undefined ? undefined : Math.min(Math.max(to, 1), rows)
}

/**
 * The row, counted from 1, at a point of the map (px). Of many rows a pixel shows several: the last pixel is that of the last line and
 * of the last column, or nobody could press the last row.
 */
export function rowAt(x: number, y: number, rows: number, { columns, lines, edge }: MapLayout): number {
  const placeAt = (px: number, places: number) =>
    px + 1 >= Math.floor(places * edge) ? places - 1 : Math.floor(px / edge)
  return Math.min(Math.max(placeAt(y, lines) * columns + placeAt(x, columns) + 1, 1), rows)
}

/** Red, green, blue of the parts, for each of the 256 bytes, as one number of a little-endian pixel. */
export function pixelsOf(colors: Readonly<Record<Part, readonly [number, number, number]>>): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    const [red, green, blue] = colors[partOfByte(byte)]
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
  })
}
