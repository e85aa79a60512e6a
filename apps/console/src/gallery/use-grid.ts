import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { gridOf, linesSeen, offsetFor, offsetOf, scrolled, scrollTo, type Grid, type Scroll } from './grid.ts'

/** What the browser says about the place of the grid. */
type Place = { width: number; viewHeight: number; ratio: number }

const leastHeight = 320
/** What the page has below it. */
const belowPage = 56
/** Lines that are drawn before and after those that are seen. */
const spare = 2

/** Measures the grid: it is as high as the rest of the window, however large what stands above it. */
function usePlace(box: RefObject<HTMLElement | null>): Place {
  const [place, setPlace] = useState<Place>({ width: 0, viewHeight: leastHeight, ratio: 1 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = () => {
      const top = element.getBoundingClientRect().top + scrollY
      const height = Math.max(leastHeight, Math.floor(innerHeight - top - belowPage))
      setPlace((before) => {
        const now = { width: element.clientWidth, viewHeight: height, ratio: devicePixelRatio }
        return sameFields(before, now) ? before : now
      })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // what stands above may wrap
    if (element.parentElement !== null) observer.observe(element.parentElement)
    window.addEventListener('resize', measure)
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', measure)
    }
  }, [box])
  return place
}

const sameFields = (a: Place, b: Place): boolean =>
  a.width === b.width && a.viewHeight === b.viewHeight && a.ratio === b.ratio

type Window = { from: number; to: number; shift: number }

/**
 * The part of a grid that is drawn. `box` scrolls; `scrollBy` of the browser moves it, `show` brings a line to sight. A jump is
 * drawn in the same frame, so that no frame is without cells.
 */
export function useGrid(options: {
  box: RefObject<HTMLElement | null>
  cells: number
  cellWidth: number
  lineHeight: number
}) {
  const { box, cells, cellWidth, lineHeight } = options
  const place = usePlace(box)
  const grid = useMemo(
    () => gridOf({ ...place, cellWidth, lineHeight, cells }),
    [place, cellWidth, lineHeight, cells],
  )
  const [scroll] = useState(openScroll)
  const [drawn, setDrawn] = useState<Window>({ from: 0, to: 0, shift: 0 })
  const last = useRef<Window>(drawn)

  const draw = useCallback(
    (of: Grid, at: Scroll) => {
      scroll.is(at)
      const next = { ...linesSeen(of, offsetOf(of, at), spare), shift: at.shift }
      const { from, to, shift } = last.current
      if (next.from === from && next.to === to && next.shift === shift) return
      const jump = next.from >= to || next.to <= from || next.shift !== shift
      last.current = next
      if (jump) flushSync(() => setDrawn(next))
      else setDrawn(next)
    },
    [scroll],
  )

  const moveTo = useCallback(
    (offset: number) => {
      const at = scrollTo(grid, offset)
      const next = { ...linesSeen(grid, offsetOf(grid, at), spare), shift: at.shift }
      scroll.is(at)
      last.current = next
      setDrawn(next)
      box.current?.scrollTo({ top: at.top, behavior: 'instant' })
    },
    [box, grid, scroll],
  )

  const offsetIn = useCallback((of: Grid) => offsetOf(of, scroll.at()), [scroll])
  useKeptLine(grid, offsetIn, moveTo)
  useScroll(box, {
    scrolled: (top) => draw(grid, scrolled(grid, scroll.at(), top)),
    ended: () => {
      // above the cap the bar has fallen behind the lines
      if (grid.box !== grid.tall) moveTo(offsetOf(grid, scroll.at()))
    },
  })
  const show = useCallback(
    (line: number) => {
      const offset = offsetOf(grid, scroll.at())
      const wanted = offsetFor(grid, line, offset)
      if (wanted !== offset) moveTo(wanted)
    },
    [grid, moveTo, scroll],
  )
  return { grid, drawn, place, show }
}

/** How far the box is scrolled: no state, since the browser draws it. */
function openScroll() {
  let at: Scroll = { top: 0, shift: 0 }
  return {
    at: () => at,
    is: (scroll: Scroll): void => {
      at = scroll
    },
  }
}

/** Another size or width keeps the first cell that was seen where it is; another list begins where this one was. */
function useKeptLine(grid: Grid, offsetIn: (of: Grid) => number, moveTo: (offset: number) => void): void {
  const before = useRef<Grid | undefined>(undefined)
  useLayoutEffect(() => {
    const old = before.current
    before.current = grid
    if (old === grid) return
    if (old === undefined || old.lines === 0) return moveTo(0)
    const cell = Math.round(offsetIn(old) / old.lineHeight) * old.columns
    const same = old.columns === grid.columns && old.lineHeight === grid.lineHeight
    moveTo(same ? offsetIn(old) : Math.floor(cell / grid.columns) * grid.lineHeight)
  }, [grid, moveTo, offsetIn])
}

/** Hears of the scroll of an element. */
function useScroll(
  box: RefObject<HTMLElement | null>,
  hears: { scrolled: (top: number) => void; ended: () => void },
): void {
  const latest = useRef(hears)
  useLayoutEffect(() => {
    latest.current = hears
  })
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const onScroll = () => latest.current.scrolled(element.scrollTop)
    const onEnd = () => latest.current.ended()
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('scrollend', onEnd)
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('scrollend', onEnd)
    }
  }, [box])
}
