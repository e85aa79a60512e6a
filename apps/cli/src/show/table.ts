import { stripControlCharacters } from './strip-control-characters.ts'
import { cutToWidth, textWidth } from './text-width.ts'

/**
 * A column of a table. `least`: on a narrow terminal it is cut to no fewer columns than that; without it, it is not cut.
 * `leaves`: if it is still too narrow, those with the highest number are left out first; without it, it stays.
 */
export type Column<Item> = {
  head: string
  cell: (item: Item) => string
  right?: true
  least?: number
  leaves?: number
}

const gap = 2

/** The items as lines under a head, no wider than `width`; as wide as they are where that is undefined. */
export function tableLines<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
  width: number | undefined,
): string[] {
  const filled = columns.map((column) => {
    const cells = [column.head, ...items.map((item) => oneLine(column.cell(item)))]
    return { column, cells, width: Math.max(...cells.map(textWidth)) }
  })
  const shown = width === undefined ? filled : fit(filled, width)
  return [undefined, ...items].map((_, i) =>
    shown
      .map(({ cells, column, width: own }) => {
        const text = cutToWidth(cells[i] ?? '', own)
        const space = ' '.repeat(own - textWidth(text))
        return column.right === true ? `${space}${text}` : `${text}${space}`
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

const oneLine = (text: string): string => stripControlCharacters(text.replaceAll(/\s+/g, ' '))

type Filled<Item> = { column: Column<Item>; cells: string[]; width: number }

function fit<Item>(filled: readonly Filled<Item>[], width: number): Filled<Item>[] {
  const total = filled.reduce((sum, each) => sum + each.width + gap, -gap)
  if (total <= width) return [...filled]
  let over = total - width
  const cut = filled.map((each) => {
    const { least = each.width } = each.column
    const by = Math.min(over, Math.max(0, each.width - least))
    over -= by
    return { ...each, width: each.width - by }
  })
  if (over <= 0) return cut
  const leaving = filled.toSorted((a, b) => (b.column.leaves ?? 0) - (a.column.leaves ?? 0))[0]
  if (leaving?.column.leaves === undefined) return cut
  return fit(
    filled.filter((each) => each !== leaving),
    width,
  )
}
