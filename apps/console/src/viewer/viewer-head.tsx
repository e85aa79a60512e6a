import type { Edit } from '@restyle/client/types'
import { count } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { modes, type Mode } from '../rows/address.ts'
import { Tip } from '../ui/tip.tsx'
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

/** What is shown, where it is among the others, and how both pictures are compared: one line where there is room. */
export function ViewerHead(props: {
  row: number
  edit: Edit | undefined
  left: number
  shown: number
  mode: Mode
  wide: boolean
  deeds: Deeds
  close: () => void
}) {
  const { row, edit, left, shown, mode, wide, deeds, close } = props
  const { still } = usePreferences()
  return (
    <header className="viewer-head">
      <h2>
        <bdi>{edit?.key ?? `Row ${count(row)}`}</bdi>
      </h2>
      <p className="muted number">
        row {count(row)} · {count(left)} of {count(shown)} left
      </p>
      {edit === undefined ? null : (
        <details className="viewer-prompt">
          <summary>
            <bdi>{edit.prompt}</bdi>
          </summary>
        </details>
      )}
      <Choice legend="Compare">
        {modes.map((each) => (
          <Radio
            key={each}
            name="mode"
            checked={mode === each}
            off={
              each === 'blink' && isStill(still)
                ? 'Nothing may move by itself: see your settings.'
                : undefined
            }
            set={() => deeds.mode(each)}
          >
            {modeWords[each]}
          </Radio>
        ))}
      </Choice>
      <Tip text="Hides what stands around the viewer" keys="h">
        {(describedBy) => (
          <button type="button" aria-pressed={wide} aria-describedby={describedBy} onClick={deeds.wide}>
            Wide
          </button>
        )}
      </Tip>
      <button type="button" onClick={close}>
        Back to the grid
      </button>
    </header>
  )
}
