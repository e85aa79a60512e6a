import { type RefObject, useRef, useState } from 'react'
import { Link } from 'wouter'
import { usePreferences } from '../app/preferences.ts'
import { useKeys } from '../app/use-keys.ts'
import type { GalleryView } from '../rows/address.ts'
import type { StateName } from '../rows/filter.ts'
import { imageAddress, sourceAddress, type RowView } from '../rows/rows-api.ts'
import { stateWords } from '../rows/words.ts'
import { pictureWords } from './facts.ts'
import { Stage } from './stage.tsx'
import { useZoom } from './use-zoom.ts'
import { sameShape, type Size } from './zoom.ts'

const panStep = 80
const zoomStep = 1.4

type Natural = { edit: string; before?: Size; after?: Size }

/** The pictures of a row, or why there are none yet; with their zoom. */
export function ViewerStage(props: {
  root: RefObject<HTMLElement | null>
  row: number
  edit: RowView | undefined
  state: StateName
  view: GalleryView
  peek: boolean
}) {
  const { root, edit, state, view, peek } = props
  const stage = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(50)
  const [natural, setNatural] = useState<Natural>({ edit: '' })
  const image = edit?.images.find(({ index, failure }) => index === view.image && failure === undefined)
  const first = image ?? edit?.images.find(({ failure }) => failure === undefined)
  const sizes = sizesOf(edit, first, natural)
  const zoom = useZoom(stage, sizes.after)
  const { still } = usePreferences()
  useKeys(
    {
      'zoom-in': () => zoom.by(zoomStep),
      'zoom-out': () => zoom.by(1 / zoomStep),
      'zoom-fit': zoom.fit,
      'zoom-full': zoom.full,
      'pan-left': () => zoom.pan({ x: panStep, y: 0 }),
      'pan-right': () => zoom.pan({ x: -panStep, y: 0 }),
      'pan-up': () => zoom.pan({ x: 0, y: panStep }),
      'pan-down': () => zoom.pan({ x: 0, y: -panStep }),
    },
    root,
  )
  if (edit === undefined || first === undefined || edit.state !== 'succeeded')
    return <NoPicture edit={edit} state={edit?.state ?? state} />
  const loaded = (which: 'before' | 'after', { naturalWidth, naturalHeight }: HTMLImageElement) =>
    setNatural((known) => ({
      ...(known.edit === edit.id ? known : {}),
      edit: edit.id,
      [which]: { width: naturalWidth, height: naturalHeight },
    }))
  const calm = still || matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <div ref={stage} className="stage">
      <Stage
        before={{
          address: sourceAddress(edit.id, 0, 960),
          full: sourceAddress(edit.id, 0, 'full'),
          hash: edit.sources?.[0]?.thumbhash,
          broken: 'The source is not readable any more.',
        }}
        after={{
          address: imageAddress(edit.id, first.index, 960),
          full: imageAddress(edit.id, first.index, 'full'),
          hash: first.thumbhash,
          broken: 'This picture cannot be read.',
        }}
        mode={view.mode === 'blink' && calm ? 'slider' : view.mode}
        peek={peek}
        zoom={zoom}
        at={at}
        move={setAt}
        loaded={loaded}
      />
      <div className="stage-foot">
        <p className="muted stage-facts">
          <PictureFacts of="before" facts={{ ...sizes.before, bytes: edit.sources?.[0]?.bytes }} />
          <PictureFacts of="after" facts={{ ...sizes.after, bytes: first.bytes }} />
          {sizes.natural.before !== undefined &&
          sizes.natural.after !== undefined &&
          !sameShape(sizes.natural.before, sizes.natural.after) ? (
            <span>The two have different shapes: each is fitted into the box.</span>
          ) : null}
        </p>
        <div className="row" role="group" aria-label="Zoom">
          <button type="button" className="square" aria-label="Smaller" onClick={() => zoom.by(1 / zoomStep)}>
            −
          </button>
          <span className="number zoom-words">{Math.round(zoom.zoom.scale * 100)} %</span>
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
      </div>
    </div>
  )
}

function PictureFacts({ of, facts }: { of: string; facts: Parameters<typeof pictureWords>[0] }) {
  const words = pictureWords(facts)
  return words === '' ? null : (
    <span>
      {of} {words}
    </span>
  )
}

type Sized = { width?: number | undefined; height?: number | undefined } | undefined

const sizeOf = (said: Sized): Size | undefined =>
  said?.width === undefined || said.height === undefined
    ? undefined
    : { width: said.width, height: said.height }

/** Sizes as the producer says them; shapes as the browser sees them, which has smaller ones. */
function sizesOf(edit: RowView | undefined, image: Sized, natural: Natural) {
  const mine = edit !== undefined && natural.edit === edit.id ? natural : { edit: '' }
  return { before: sizeOf(edit?.sources?.[0]), after: sizeOf(image), natural: mine }
}

function NoPicture({ edit, state }: { edit: RowView | undefined; state: StateName }) {
  if (edit === undefined) return <div className="stage stage-empty" aria-busy="true" />
  return (
    <div className="stage stage-empty">
      <p>
        This row is <strong>{stateWords[state]}</strong>: there is no picture of it.
      </p>
      {edit.failure === undefined ? null : (
        <p>
          <code>{edit.failure.code}</code> <bdi>{edit.failure.message}</bdi>
        </p>
      )}
      <Link href={`/edits/${edit.id}`}>What happened to it</Link>
    </div>
  )
}
