import { type PointerEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { fitted, fullScale, panBy, zoomAt, type Point, type Size, type Zoom } from './zoom.ts'

const wheelFactor = 1.0015
/** Less than that between press and release is a press. */
const pressPixels = 4

/** The zoom of both panes: by wheel and keys around the pointer, by drag, and by a press that brings a point to the middle. */
export function useZoom(stage: RefObject<HTMLElement | null>, picture: Size | undefined) {
  const [zoom, setZoom] = useState<Zoom>(fitted)
  const [pointer] = useState(openPointer)

  const boxOf = useCallback(
    (): DOMRect | undefined => stage.current?.querySelector('.pane')?.getBoundingClientRect(),
    [stage],
  )
  const full = useCallback(
    (box: Size) => (picture === undefined ? 2 : fullScale(picture, box, devicePixelRatio)),
    [picture],
  )
  const by = useCallback(
    (factor: number) => {
      const box = boxOf()
      if (box === undefined) return
      const at = pointer.at() ?? { x: box.width / 2, y: box.height / 2 }
      setZoom((before) => zoomAt(before, factor, at, box, full(box)))
    },
    [boxOf, full, pointer],
  )
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
  }, [stage, by])

  const pan = useCallback(
    (change: Point) => {
      const box = boxOf()
      if (box !== undefined) setZoom((before) => panBy(before, change, box))
    },
    [boxOf],
  )
  const pane = usePointer(pointer, pan)
  return {
    zoom,
    pane,
    by,
    pan,
    fit: useCallback(() => setZoom(fitted), []),
    full: useCallback(() => {
      const box = boxOf()
      if (box === undefined) return
      const at = pointer.at() ?? { x: box.width / 2, y: box.height / 2 }
      setZoom((before) => zoomAt(before, Math.max(1, full(box)) / before.scale, at, box, full(box)))
    }, [boxOf, full, pointer]),
  }
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
