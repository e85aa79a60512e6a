import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

/** Controls that keep the focus when a pointer presses them; by keys they may be pressed again. */
const stay = '.sizes input, [aria-pressed]'

/**
 * Gives the keys back to the grid once what was pressed has been drawn: a button that has gone leaves them nowhere, and one that
 * stays would keep them. Where nothing matches, what shows all has them.
 */
export function useKeysBack(around: RefObject<HTMLElement | null>): () => void {
  const [asked, setAsked] = useState(0)
  const done = useRef(0)
  useEffect(() => {
    if (done.current === asked) return
    const { current } = around
    const to =
      current?.querySelector<HTMLElement>('[role=grid]') ??
      current?.querySelector<HTMLElement>('.state button')
    // rows are being looked for
    if (to === undefined || to === null) return
    done.current = asked
    to.focus({ preventScroll: true })
  })
  const back = useCallback(() => setAsked((times) => times + 1), [])
  useEffect(() => {
    const { current } = around
    const press = ({ target, detail }: MouseEvent) => {
      const isPointer = detail > 0
      // the control itself hears of the press first
      if (isPointer && target instanceof Element && target.closest(stay) !== null) setTimeout(back)
    }
    current?.addEventListener('click', press)
    return () => current?.removeEventListener('click', press)
  }, [around, back])
  return back
}
