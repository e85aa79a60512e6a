import { type PointerEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { fitted, fullScale, panBy, zoomAt, zoomWords, type Point, type Size } from './zoom.ts'

const wheelFactor = 1.0015
/** Less than that between press and release is a press. */
const pressPixels = 4

/**
 * The zoom of both panes: by wheel and keys around the pointer, by drag, and by a press that brings a point to the middle. `of`:
 * what is looked at; another one is fitted again, for nothing larger of it was read ahead.
 */
export function useZoom(stage: RefObject<HTMLElement | null>, picture: Size | undefined, of: unknown) {
  const [zoom, setZoom] = useState(fitted)
  const [last, setLast] = useState(of)
  if (last !== of) {
    setLast(of)
    setZoom(fitted)
  }
  const [pointer] = useState(openPointer)
  const { box, watch } = usePaneBox()
  const full =
    box === undefined || picture === undefined ? undefined : fullScale(picture, box, devicePixelRatio)
  const at = useCallback(
    ({ width, height }: Size): Point => pointer.at() ?? { x: width / 2, y: height / 2 },
    [pointer],
  )
  const by = useCallback(
    (factor: number) => {
      if (box === undefined) return
      setZoom((before) => zoomAt(before, factor, at(box), box, full ?? unknownFull))
    },
    [box, full, at],
  )
  useWheel(stage, by)
  const pan = useCallback(
    (change: Point) => {
      if (box !== undefined) setZoom((before) => panBy(before, change, box))
    },
    [box],
  )
  return {
    zoom,
    /** Of a pane, once it is measured. */
    box,
    watch,
    pane: usePointer(pointer, pan),
    by,
    pan,
    fit: useCallback(() => setZoom(fitted), []),
    full: useCallback(() => {
      if (box === undefined) return
      const scale = full ?? unknownFull
      setZoom((before) => zoomAt(before, scale / before.scale, at(box), box, scale))
    }, [box, full, at]),
    /** How large the picture is shown. */
    words: zoomWords(zoom.scale, full),
  }
}

/** Taken for the scale of a picture's own pixels where its size is not known. */
const unknownFull = 2

/** How large a pane is; two side by side are equal. `watch` is the ref of each. */
function usePaneBox() {
  const [box, setBox] = useState<Size>()
  const watch = useCallback((pane: HTMLElement | null) => {
    if (pane === null) return
    const observer = new ResizeObserver(() => {
      const { width, height } = pane.getBoundingClientRect()
      setBox((was) => (was?.width === width && was.height === height ? was : { width, height }))
    })
    observer.observe(pane)
    return () => observer.disconnect()
  }, [])
  return { box, watch }
}

function useWheel(stage: RefObject<HTMLElement | null>, by: (factor: number) => void): void {
  // after each drawing: the stage comes and goes with the pictures
  useEffect(() => {
    const element = stage.current
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey === false && (event.target as Element).closest('.pane') === null) return
      event.preventDefault()
      by(wheelFactor ** -event.deltaY)
    }
    // one that may be prevented; React's may not
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  })
}

/** Where the pointer is in a pane, while it is in one. */
function openPointer() {
  let at: Point | undefined
  return {
    at: () => at,
    is: (point: Point | undefined): void => {
      at = point
    },
  }
}
type Pointer = ReturnType<typeof openPointer>

/** Moves what is dragged, and brings a point that is pressed to the middle. `pointer` knows where it is. */
function usePointer(pointer: Pointer, pan: (change: Point) => void) {
  const drag = useRef<{ at: Point; moved: number } | undefined>(undefined)
  return useMemo(
    () => ({
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const box = event.currentTarget.getBoundingClientRect()
        pointer.is({ x: event.clientX - box.left, y: event.clientY - box.top })
        if (drag.current === undefined) return
        const change = { x: event.clientX - drag.current.at.x, y: event.clientY - drag.current.at.y }
        const moved = drag.current.moved + Math.abs(change.x) + Math.abs(change.y)
        drag.current = { at: { x: event.clientX, y: event.clientY }, moved }
        pan(change)
      },
      onPointerLeave: () => {
        pointer.is(undefined)
      },
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return
        drag.current = { at: { x: event.clientX, y: event.clientY }, moved: 0 }
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerUp: (event: PointerEvent<HTMLElement>) => {
        const was = drag.current
        drag.current = undefined
        if (was === undefined || was.moved > pressPixels) return
        const box = event.currentTarget.getBoundingClientRect()
        pan({ x: box.width / 2 - (event.clientX - box.left), y: box.height / 2 - (event.clientY - box.top) })
      },
      onPointerCancel: () => {
        drag.current = undefined
      },
    }),
    [pan, pointer],
  )
}
export type ZoomControl = ReturnType<typeof useZoom>
