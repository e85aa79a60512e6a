import type { Edit } from '@restyle/client/types'
import { type RefObject, useRef, useState } from 'react'
import { api } from '../app/api.ts'
import { usePreferences } from '../app/preferences.ts'
import { useKeys } from '../app/use-keys.ts'
import type { GalleryView } from '../rows/address.ts'
import type { StateName } from '../rows/filter.ts'
import { pictureWords } from './facts.ts'
import { NoPicture } from './no-picture.tsx'
import { Stage, type Shown } from './stage.tsx'
import { imageOf } from './takes.ts'
import { useSource } from './use-source.ts'
import { useZoom } from './use-zoom.ts'
import { sameShape, type Size } from './zoom.ts'

const panStep = 80
const zoomStep = 1.4

type Natural = { of: string; before?: Size; after?: Size }

/** What is shown, and what it is compared with. */
export type Compared = {
  /** The row's own edit, whose source is before. */
  own: Edit | undefined
  after: Edit | undefined
  against: Edit | undefined
  /** How a take is called; undefined where the row has one. */
  nameOf: (take: Edit) => string | undefined
}

/** The pictures of a row, or why there are none yet; with their zoom. */
export function ViewerStage(props: {
  root: RefObject<HTMLElement | null>
  compared: Compared
  state: StateName
  view: GalleryView
  /** The image of a take that is shown, counted from 0. */
  image: number
  peek: boolean
}) {
  const { root, compared, state, view, image, peek } = props
  const { after: edit, against } = compared
  const stage = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(50)
  const [natural, setNatural] = useState<Natural>({ of: '' })
  const first = imageOf(edit, image)
  const pair = `${edit?.id} ${against?.id}`
  const zoom = useZoom(stage, sizeOf(first))
  const { still } = usePreferences()
  const { facts: sourceFacts, gone, lose } = useBefore(compared)
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
      ...(known.of === pair ? known : {}),
      of: pair,
      [which]: { width: naturalWidth, height: naturalHeight },
    }))
  // shapes as the browser sees them, which has smaller pictures
  const shapes = natural.of === pair ? natural : undefined
  const before = gone === undefined ? beforeOf(compared, image) : undefined
  const afterName = compared.nameOf(edit) ?? 'after'
  const calm = still || matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <div ref={stage} className="stage">
      <Stage
        before={before}
        after={takeShown(edit, first, afterName)}
        mode={view.mode === 'blink' && calm ? 'slider' : view.mode}
        peek={peek}
        zoom={zoom}
        at={at}
        move={setAt}
        loaded={loaded}
        lost={lose}
      />
      <div className="stage-foot">
        <p className="muted stage-facts">
          <PictureFacts
            of={before?.name ?? 'before'}
            facts={against === undefined ? sourceFacts : imageOf(against, image)}
          />
          <PictureFacts of={afterName} facts={first} />
          {gone === undefined ? null : <span className="warn">After alone: {gone}</span>}
          {shapes?.before !== undefined &&
          shapes.after !== undefined &&
          !sameShape(shapes.before, shapes.after) ? (
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

type Image = Edit['images'][number]

const takeShown = (take: Edit, { index, thumbhash }: Image, name: string): Shown => ({
  name,
  address: api.images.picturePath(take.id, index, '960'),
  full: api.images.picturePath(take.id, index, 'full'),
  hash: thumbhash,
})

/** What stands before: another take, or the source. */
function beforeOf({ own, after, against, nameOf }: Compared, asked: number): Shown {
  const image = imageOf(against, asked)
  if (against !== undefined && image !== undefined)
    return takeShown(against, image, nameOf(against) ?? 'before')
  const edit = own?.id ?? after?.id ?? ''
  return {
    name: 'before',
    address: api.images.sourcePath(edit, 0, '960'),
    full: api.images.sourcePath(edit, 0, 'full'),
    hash: undefined,
  }
}

/** Whether there is a before, and how large it is. `lose`: its picture could not be had. */
function useBefore({ own, after, against }: Compared) {
  const isSource = against === undefined
  const source = useSource(isSource && after?.state === 'succeeded' ? own?.id : undefined)
  const [lost, setLost] = useState<{ of: string | undefined; why: string }>()
  const ofPicture = lost !== undefined && lost.of === own?.id ? lost.why : undefined
  return {
    facts: source.facts,
    gone: isSource ? (source.gone ?? ofPicture) : undefined,
    lose: (why: string) => {
      if (isSource) setLost({ of: own?.id, why })
    },
  }
}

function PictureFacts(props: { of: string; facts: Parameters<typeof pictureWords>[0] | undefined }) {
  const { of, facts = {} } = props
  const words = pictureWords(facts)
  return (
    <span>
      {of} {words === '' ? <span title="not known">—</span> : words}
    </span>
  )
}

const sizeOf = (image: Image | undefined): Size | undefined =>
  image?.width === undefined || image.height === undefined
    ? undefined
    : { width: image.width, height: image.height }
