import { type CSSProperties, type ReactNode, useEffect, useState } from 'react'
import type { Mode } from '../rows/address.ts'
import { dropPlaceholder, Picture, placeholderOf } from '../rows/picture.tsx'
import type { ZoomControl } from './use-zoom.ts'
import { seenSpan, type Size } from './zoom.ts'

/** One of the two pictures; `name`: before, after or a take. `full` is asked for when it is enlarged beyond what `address` has. */
export type Shown = { name: string; address: string; full: string; hash: string | undefined }

const blinkMs = 900

/** Whether before is shown now, while both alternate. */
function useBlink(on: boolean): boolean {
  const [before, setBefore] = useState(false)
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => setBefore((was) => !was), blinkMs)
    return () => {
      clearInterval(timer)
      setBefore(false)
    }
  }, [on])
  return on && before
}

/**
 * Before and after of one edit, always in boxes of one size and one zoom. `peek`: before alone, in whatever mode. The slider cuts
 * the picture that lies on top, from where the two begin to where they end, as far as they are seen; nothing is resized.
 */
export function Stage(props: {
  before: Shown | undefined
  after: Shown
  mode: Mode
  peek: boolean
  zoom: ZoomControl
  /** Of both pictures, as far as they are known. */
  shapes: readonly Size[]
  /** Of the slider, in per cent of the pictures from their left. */
  at: number
  move: (at: number) => void
  loaded: (which: 'before' | 'after', image: HTMLImageElement) => void
  /** Before could not be had, and why. */
  lost: (why: string) => void
}) {
  const { before, after, mode, peek, zoom, shapes, at, move, loaded, lost } = props
  const blink = useBlink(mode === 'blink' && !peek && before !== undefined)
  const layer = (which: 'before' | 'after', shown: Shown) => (
    <Layer
      shown={shown}
      zoom={zoom}
      loaded={(image) => loaded(which, image)}
      lost={which === 'before' ? lost : undefined}
    />
  )
  const gone = <p className="pane-words">The source is not readable any more: this is the result alone.</p>
  const first = before === undefined ? gone : layer('before', before)
  const words = { before: before?.name ?? 'before', after: after.name }
  if (mode === 'side' && !peek)
    return (
      <div className="panes panes-two">
        <Pane label={words.before} zoom={zoom}>
          {first}
        </Pane>
        <Pane label={words.after} zoom={zoom}>
          {layer('after', after)}
        </Pane>
      </div>
    )
  const span = zoom.box === undefined ? undefined : seenSpan(shapes, zoom.box, zoom.zoom)
  const slides = mode === 'slider' && !peek && before !== undefined
  const cut = slides ? cutAt(span, at) : peek || mode === 'before' || blink ? '100%' : '0px'
  const label = slides ? `${words.before} and ${words.after}` : cut === '100%' ? words.before : words.after
  return (
    <div className="panes">
      <Pane label={label} zoom={zoom}>
        {before === undefined ? (cut === '100%' ? gone : null) : layer('before', before)}
        <div className="pane-after" style={{ clipPath: `inset(0 0 0 ${cut})` }}>
          {layer('after', after)}
        </div>
        {slides ? <span className="divider" style={{ left: cut }} /> : null}
      </Pane>
      {mode === 'slider' && before !== undefined ? (
        <Slider name={words.before} at={at} move={move} span={span} />
      ) : null}
    </div>
  )
}

type Span = { left: number; right: number }

/** How much of the picture on top is cut away from the left of its box. */
const cutAt = (span: Span | undefined, at: number): string =>
  span === undefined ? `${at}%` : `${span.left + (at / 100) * (span.right - span.left)}px`

/** A slider that is shorter cannot be moved well (px). */
const leastSlider = 160

function Slider(props: { name: string; at: number; move: (at: number) => void; span: Span | undefined }) {
  const { name, at, move, span } = props
  // it stands under what it cuts
  const place =
    span === undefined || span.right - span.left < leastSlider
      ? undefined
      : { marginLeft: span.left, width: span.right - span.left }
  return (
    <input
      type="range"
      className="slider"
      aria-label={`How much is ${name}`}
      aria-valuetext={`${at} % ${name}`}
      min={0}
      max={100}
      step={1}
      value={at}
      style={place}
      onChange={({ currentTarget }) => move(Number(currentTarget.value))}
    />
  )
}

function Pane({ label, zoom, children }: { label: string; zoom: ZoomControl; children: ReactNode }) {
  const { watch, pane, zoom: at } = zoom
  return (
    <div
      className="pane"
      role="group"
      aria-label={label}
      data-zoomed={at.scale > 1 || undefined}
      ref={watch}
      {...pane}
    >
      {children}
      <span className="pane-label" aria-hidden="true">
        {label}
      </span>
    </div>
  )
}

/** A picture in its box, moved and enlarged as the zoom says; or why it could not be had, where nobody else says it. */
function Layer({
  shown,
  zoom,
  loaded,
  lost,
}: {
  shown: Shown
  zoom: ZoomControl
  loaded: (image: HTMLImageElement) => void
  lost: ((why: string) => void) | undefined
}) {
  const [broken, setBroken] = useState<{ address: string; why: string }>()
  const { scale, x, y } = zoom.zoom
  if (broken?.address === shown.address)
    return <p className="pane-words">This picture cannot be shown. {broken.why}</p>
  const placeholder = placeholderOf(shown.hash)
  const style: CSSProperties = {
    transform: `translate(${x}px, ${y}px) scale(${scale})`,
    ...(placeholder === undefined ? {} : { backgroundImage: `url(${placeholder})` }),
  }
  return (
    <div
      key={shown.address}
      className="layer"
      // where nothing stands in its place until it is there
      data-waits={placeholder === undefined ? 'The picture is being read…' : undefined}
      style={style}
    >
      <Picture
        key={shown.address}
        address={shown.address}
        decoding="sync"
        broken={(why) => {
          setBroken({ address: shown.address, why })
          lost?.(why)
        }}
        loaded={(image) => {
          dropPlaceholder(image)
          image.parentElement?.removeAttribute('data-waits')
          loaded(image)
        }}
      />
      {scale > 1 ? <Picture key={shown.full} address={shown.full} /> : null}
    </div>
  )
}
