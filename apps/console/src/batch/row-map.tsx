import type { BatchMap } from '@restyle/client/types'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { count } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { type Part, parts } from '../ui/parts.ts'
import { layoutOf, type MapLayout, partOfByte, pixelsOf, rowAfter, rowAt } from './map-layout.ts'
import './row-map.css'

const wordOf = (part: Part): string => parts.find((each) => each.part === part)?.word ?? part

/**
 * Every row of a batch as a dot in its place, and a way to one of them: by a press, or by the arrow keys and Enter. The counts in
 * words stand beside it.
 */
export function RowMap({ planes, open }: { planes: BatchMap; open: (row: number) => void }) {
  const { rows, state, version } = planes
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(box)
  const [chosen, setChosen] = useState(1)
  const row = Math.min(chosen, rows)
  const layout = layoutOf(rows, width)
  const { columns, lines, edge } = layout
  useDrawn(canvas, { state, version }, layout)
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') return open(row)
    const next = rowAfter(event.key, row, rows, layout)
    if (next === undefined) return
    event.preventDefault()
    setChosen(next)
  }
  const part = partOfByte(state[row - 1] ?? 0)
  const [line, column] = [Math.floor((row - 1) / columns), (row - 1) % columns]
  return (
    <div ref={box} className="row-map">
      <div
        className="row-map-box"
        role="slider"
        tabIndex={0}
        aria-label="Row of the batch"
        aria-valuemin={1}
        aria-valuemax={rows}
        aria-valuenow={row}
        aria-valuetext={`row ${count(row)} of ${count(rows)}: ${wordOf(part)}`}
        style={{ width: columns * edge, height: lines * edge }}
        onKeyDown={onKey}
        onClick={({ nativeEvent: { offsetX, offsetY } }) => {
          const at = rowAt(offsetX, offsetY, rows, layout)
          setChosen(at)
          open(at)
        }}
      >
        <canvas ref={canvas} width={columns} height={lines} aria-hidden="true" />
        <span
          className="row-map-mark"
          style={{ left: column * edge - 2, top: line * edge - 2, width: edge + 4, height: edge + 4 }}
        />
      </div>
      <p className="muted">
        Row {count(row)} of {count(rows)}: {wordOf(part)}. Arrow keys choose a row, Enter or a press shows it.
      </p>
    </div>
  )
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    watch.observe(current)
    return () => watch.disconnect()
  }, [box])
  return width
}

/** One pixel for a row; the browser makes it larger. */
function useDrawn(
  canvas: { current: HTMLCanvasElement | null },
  { state, version }: Pick<BatchMap, 'state' | 'version'>,
  { columns, lines }: MapLayout,
): void {
  const { theme } = usePreferences()
  const dark = useMedia('(prefers-color-scheme: dark)')
  const forced = useMedia('(forced-colors: active)')
  useEffect(() => {
    const { current } = canvas
    const context = current?.getContext('2d')
    if (context === null || context === undefined || current === null) return
    const frame = requestAnimationFrame(() => {
      const pixels = pixelsOf(colorsOf(current))
      const image = context.createImageData(columns, lines)
      const drawn = new Uint32Array(image.data.buffer)
      for (let row = 0; row < state.length; row += 1) drawn[row] = pixels[state[row] ?? 0] ?? 0
      context.putImageData(image, 0, 0)
    })
    return () => cancelAnimationFrame(frame)
    // the theme changes what the tokens are, and with them what is drawn; the bytes are changed in place
  }, [canvas, state, version, columns, lines, theme, dark, forced])
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const changed = () => setMatches(list.matches)
    list.addEventListener('change', changed)
    return () => list.removeEventListener('change', changed)
  }, [query])
  return matches
}

/** The tokens of the parts as numbers: a canvas of one pixel says what the browser makes of a colour. */
function colorsOf(element: HTMLElement): Record<Part, [number, number, number]> {
  const probe = document.createElement('canvas')
  probe.width = probe.height = 1
  const context = probe.getContext('2d', { willReadFrequently: true })
  const swatch = document.createElement('span')
  element.after(swatch)
  const read = (part: Part): [number, number, number] => {
    swatch.style.color = `var(--${part})`
    if (context === null) return [128, 128, 128]
    context.fillStyle = getComputedStyle(swatch).color
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return [red, green, blue]
  }
  const colors = Object.fromEntries(parts.map(({ part }) => [part, read(part)]))
  swatch.remove()
  return colors as Record<Part, [number, number, number]>
}
