import type { Edit } from '@restyle/client/types'
import { Link } from 'wouter'
import { count, money } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { modes, type GalleryView, type Mode } from '../rows/address.ts'
import { Choice, Radio } from './choice.tsx'
import type { Deeds } from './use-viewer-keys.ts'

const modeWords: Readonly<Record<Mode, string>> = {
  slider: 'Slider',
  side: 'Side by side',
  before: 'Before',
  after: 'After',
  blink: 'Blink',
}

/** Whether nothing may move by itself. */
const isStill = (still: boolean): boolean => still || matchMedia('(prefers-reduced-motion: reduce)').matches

/** What is shown, where it is among the others, and how both pictures are compared. */
export function ViewerHead(props: {
  row: number
  edit: Edit | undefined
  left: number
  shown: number
  view: GalleryView
  /** The image that is shown, counted from 0. */
  image: number
  deeds: Deeds
  close: () => void
}) {
  const { row, edit, left, shown, view, image, deeds, close } = props
  const { still } = usePreferences()
  return (
    <header className="viewer-head">
      <div className="viewer-what">
        <h2>
          <bdi>{edit?.key ?? `Row ${count(row)}`}</bdi>
        </h2>
        <p className="muted viewer-facts">
          <span>
            row {count(row)} · {count(left)} of {count(shown)} left
          </span>
          {edit === undefined ? null : <EditFacts edit={edit} />}
        </p>
        {edit === undefined ? null : (
          <details className="viewer-prompt">
            <summary>
              <bdi>{edit.prompt}</bdi>
            </summary>
          </details>
        )}
      </div>
      <div className="viewer-choices">
        <Choice legend="Compare">
          {modes.map((mode) => (
            <Radio
              key={mode}
              name="mode"
              checked={view.mode === mode}
              off={
                mode === 'blink' && isStill(still)
                  ? 'Nothing may move by itself: see your settings.'
                  : undefined
              }
              set={() => deeds.mode(mode)}
            >
              {modeWords[mode]}
            </Radio>
          ))}
        </Choice>
        {(edit?.images.length ?? 0) < 2 ? null : (
          <Choice legend="Image">
            {edit?.images.map(({ index }) => (
              <Radio key={index} name="image" checked={image === index} set={() => deeds.image(index)}>
                {index + 1}
              </Radio>
            ))}
          </Choice>
        )}
        <button type="button" onClick={close}>
          Back to the grid
        </button>
      </div>
    </header>
  )
}

function EditFacts({ edit }: { edit: Edit }) {
  const { seed } = edit.request
  return (
    <>
      <span>{edit.model}</span>
      {seed === undefined ? null : <span>seed {seed}</span>}
      <span>{money(edit.cost.micros, edit.cost.currency)}</span>
      <Link href={`/edits/${edit.id}`}>What happened to it</Link>
    </>
  )
}
