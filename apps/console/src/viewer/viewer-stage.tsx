import type { Edit } from '@restyle/client/types'
import { type ReactNode, type RefObject, useRef, useState } from 'react'
import { api } from '../app/api.ts'
import { usePreferences } from '../app/preferences.ts'
import { useKeys } from '../app/use-keys.ts'
import type { GalleryView } from '../rows/address.ts'
import type { StateName } from '../rows/filter.ts'
import { Choice, Radio } from './choice.tsx'
import { NoPicture } from './no-picture.tsx'
import { EditFacts, PictureFacts } from './picture-facts.tsx'
import { sourceName } from './sources.ts'
import { Stage, type Shown } from './stage.tsx'
import { imageOf } from './takes.ts'
import { useSource } from './use-source.ts'
import type { Deeds } from './use-viewer-keys.ts'
import { useZoom, type ZoomControl } from './use-zoom.ts'
import { ZoomBar, zoomStep } from './zoom-bar.tsx'
import { sameShape, type Size } from './zoom.ts'

const panStep = 80

type Natural = { of: string; before?: Size; after?: Size }

/** What is shown, and what it is compared with. */
type Compared = {
  /** The row's own edit, whose source is before. */
  own: Edit | undefined
  after: Edit | undefined
  against: Edit | undefined
  /** Which of its sources, counted from 0. */
  source: number
  /** How a take is called; undefined where the row has one. */
  nameOf: (take: Edit) => string | undefined
}

type Props = {
  root: RefObject<HTMLElement | null>
  row: number
  compared: Compared
  state: StateName
  view: GalleryView
  /** The image of a take that is shown, counted from 0. */
  image: number
  peek: boolean
  deeds: Deeds
  /** Stands beside the pictures. */
  panel: ReactNode
  /** What is decided, in one line with the zoom. */
  bar: ReactNode
}

/** The pictures of a row, or why there are none yet; with their zoom. */
export function ViewerStage(props: Props) {
  const { root, row, compared, state, panel, bar } = props
  const { after: edit } = compared
  const stage = useRef<HTMLDivElement>(null)
  const first = imageOf(edit, props.image)
  const zoom = useZoom(stage, sizeOf(first), row)
  useZoomKeys(root, zoom)
  const shown = edit?.state === 'succeeded' ? first : undefined
  return (
    <>
      <div className="viewer-body">
        {edit === undefined || shown === undefined ? (
          <NoPicture edit={edit} state={edit?.state ?? state} />
        ) : (
          <div ref={stage} className="stage">
            <Pictures {...props} edit={edit} first={shown} zoom={zoom} />
          </div>
        )}
        {panel}
      </div>
      <div className="viewer-bar">
        {shown === undefined ? null : <ZoomBar zoom={zoom} />}
        {bar}
      </div>
    </>
  )
}

function Pictures(props: Props & { edit: Edit; first: Image; zoom: ZoomControl }) {
  const { compared, view, image, peek, deeds, edit, first, zoom } = props
  const { own, against, source } = compared
  const [at, setAt] = useState(50)
  const [natural, setNatural] = useState<Natural>({ of: '' })
  const pair = `${edit.id} ${against?.id ?? source}`
  const { still } = usePreferences()
  const { facts: sourceFacts, gone, lose } = useBefore(compared)
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
    <>
      <Stage
        before={before}
        after={takeShown(edit, first, afterName)}
        mode={view.mode === 'blink' && calm ? 'slider' : view.mode}
        peek={peek}
        zoom={zoom}
        shapes={[shapes?.before, shapes?.after ?? sizeOf(first)].filter((shape) => shape !== undefined)}
        at={at}
        move={setAt}
        loaded={loaded}
        lost={lose}
      />
      <div className="stage-foot">
        <p className="muted stage-facts">
          <EditFacts edit={edit} />
          <PictureFacts
            of={before?.name ?? 'before'}
            facts={against === undefined ? sourceFacts : imageOf(against, image)}
          />
          <PictureFacts of={afterName} facts={first} />
          {gone === undefined ? null : <span className="warn">After alone: {gone}</span>}
          {shapes?.before !== undefined &&
          shapes.after !== undefined &&
          !sameShape(shapes.before, shapes.after) ? (
            <span>Different shapes: each is fitted.</span>
          ) : null}
        </p>
        <Several legend="Image" all={edit.images.map(({ index }) => index)} at={image} set={deeds.image} />
        <Several
          legend="Source"
          all={(own?.request.images ?? []).map((_, index) => index)}
          at={against === undefined ? source : undefined}
          set={deeds.source}
        />
      </div>
    </>
  )
}

/** One of several pictures, each counted from 0; nothing where there is one. */
function Several(props: {
  legend: string
  all: readonly number[]
  at: number | undefined
  set: (index: number) => void
}) {
  const { legend, all, at, set } = props
  return all.length < 2 ? null : (
    <Choice legend={legend}>
      {all.map((index) => (
        <Radio key={index} name={legend} checked={at === index} set={() => set(index)}>
          {index + 1}
        </Radio>
      ))}
    </Choice>
  )
}

function useZoomKeys(root: RefObject<HTMLElement | null>, zoom: ZoomControl): void {
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
}

type Image = Edit['images'][number]

const takeShown = (take: Edit, { index, thumbhash }: Image, name: string): Shown => ({
  name,
  address: api.images.picturePath(take.id, index, '960'),
  full: api.images.picturePath(take.id, index, 'full'),
  hash: thumbhash,
})

/** What stands before: another take, or a source. */
function beforeOf({ own, after, against, source, nameOf }: Compared, asked: number): Shown {
  const image = imageOf(against, asked)
  if (against !== undefined && image !== undefined)
    return takeShown(against, image, nameOf(against) ?? 'before')
  const edit = own?.id ?? after?.id ?? ''
  return {
    name: sourceName(source, own?.request.images.length ?? 1),
    address: api.images.sourcePath(edit, source, '960'),
    full: api.images.sourcePath(edit, source, 'full'),
    hash: undefined,
  }
}

/** Whether there is a before, and how large it is. `lose`: its picture could not be had. */
function useBefore({ own, after, against, source: index }: Compared) {
  const isSource = against === undefined
  const source = useSource(isSource && after?.state === 'succeeded' ? own?.id : undefined, index)
  const [lost, setLost] = useState<{ of: string; why: string }>()
  const of = `${own?.id} ${index}`
  const ofPicture = lost?.of === of ? lost.why : undefined
  return {
    facts: source.facts,
    gone: isSource ? (source.gone ?? ofPicture) : undefined,
    lose: (why: string) => {
      if (isSource) setLost({ of, why })
    },
  }
}

const sizeOf = (image: Image | undefined): Size | undefined =>
  image?.width === undefined || image.height === undefined
    ? undefined
    : { width: image.width, height: image.height }
