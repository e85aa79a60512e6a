import { useEffect, useState } from 'react'
import type { Handlers } from '../app/use-keys.ts'
import type { VerdictName } from './filter.ts'

/** The verdict keys, which the grid and the viewer share. `stay`: without going on to the next one. */
export const verdictKeys = (deeds: {
  decide: (verdict: VerdictName, stay: boolean) => void
  redo: () => void
  undo: () => void
}): Handlers => ({
  approve: () => deeds.decide('approved', false),
  'approve-stay': () => deeds.decide('approved', true),
  reject: () => deeds.decide('rejected', false),
  'reject-stay': () => deeds.decide('rejected', true),
  'clear-verdict': () => deeds.decide('none', true),
  redo: deeds.redo,
  undo: deeds.undo,
})

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
export type Peek = ReturnType<typeof usePeek>
