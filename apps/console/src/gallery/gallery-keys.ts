import { useEffect, useState, type RefObject } from 'react'
import { type Handlers, useKeys } from '../app/use-keys.ts'
import type { Step } from './grid.ts'
import type { VerdictName } from './filter.ts'

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

/** The verdict keys, which the grid and the viewer share. */
export const verdictKeys = (deeds: Pick<GridDeeds, 'decide' | 'redo' | 'undo'>): Handlers => ({
  approve: () => deeds.decide('approved', false),
  'approve-stay': () => deeds.decide('approved', true),
  reject: () => deeds.decide('rejected', false),
  'reject-stay': () => deeds.decide('rejected', true),
  'clear-verdict': () => deeds.decide('none', true),
  redo: deeds.redo,
  undo: deeds.undo,
})

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

/** Whether what rows were made from is shown: while a key is held, or until the button is pressed again. */
export function usePeek() {
  const [held, setHeld] = useState(false)
  const [kept, setKept] = useState(false)
  useEffect(() => {
    // a key that is let go in another window is not heard
    const letGo = () => setHeld(false)
    window.addEventListener('blur', letGo)
    return () => window.removeEventListener('blur', letGo)
  }, [])
  return { before: held !== kept, kept, hold: setHeld, toggle: () => setKept((is) => !is) }
}
