import type { ZoomControl } from './use-zoom.ts'

/** A press on + or − makes it so much larger or smaller. */
export const zoomStep = 1.4

/** How large the pictures are shown, and what changes it. */
export function ZoomBar({ zoom }: { zoom: ZoomControl }) {
  return (
    <div className="zoom-bar" role="group" aria-label="Zoom">
      <button type="button" className="square" aria-label="Smaller" onClick={() => zoom.by(1 / zoomStep)}>
        −
      </button>
      <span className="number zoom-words">{zoom.words}</span>
      <button type="button" className="square" aria-label="Larger" onClick={() => zoom.by(zoomStep)}>
        +
      </button>
      <button type="button" onClick={zoom.fit}>
        Fit
      </button>
      <button type="button" onClick={zoom.full}>
        Full size
      </button>
    </div>
  )
}
