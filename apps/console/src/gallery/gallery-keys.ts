import type { RefObject } from 'react'
import { useKeys } from '../app/use-keys.ts'
import { verdictKeys } from '../rows/review-keys.ts'
import type { Step } from './grid.ts'
import type { VerdictName } from '../rows/filter.ts'

/** What the keys of the grid do. `to`: where a step leads. */
export type GridDeeds = {
  move: (step: Step) => void
  extend: (step: Step) => void
  open: () => void
  select: () => void
  selectAll: () => void
  decide: (verdict: VerdictName, stay: boolean) => void
  redo: () => void
  undo: () => void
  showNew: () => void
  leave: () => void
  /** Shows what rows were made from. */
  peek: (before: boolean) => void
}

/** Keys of the grid, while it has the focus. */
export function useGridKeys(box: RefObject<HTMLElement | null>, deeds: GridDeeds): void {
  const { move, extend } = deeds
  useKeys(
    {
      ...verdictKeys(deeds),
      'move-left': () => move('left'),
      'move-right': () => move('right'),
      'move-up': () => move('up'),
      'move-down': () => move('down'),
      'line-start': () => move('line-start'),
      'line-end': () => move('line-end'),
      'page-up': () => move('page-up'),
      'page-down': () => move('page-down'),
      'move-start': () => move('start'),
      'move-end': () => move('end'),
      'extend-left': () => extend('left'),
      'extend-right': () => extend('right'),
      'extend-up': () => extend('up'),
      'extend-down': () => extend('down'),
      'open-row': deeds.open,
      'select-row': deeds.select,
      'select-all': deeds.selectAll,
      'show-new': deeds.showNew,
      leave: deeds.leave,
      peek: ({ down }) => deeds.peek(down),
    },
    box,
  )
}
