import type { Edit } from '@restyle/client/types'
import { type RefObject, useState } from 'react'
import { useKeys } from '../app/use-keys.ts'
import type { RedoName, StateName } from '../rows/filter.ts'
import { ReviewEndNotice } from '../rows/review-end-notice.tsx'
import type { Peek } from '../rows/review-keys.ts'
import type { Said } from '../rows/said.ts'
import type { ReviewEnd } from '../rows/use-review-end.ts'
import { giverOf, markOf, standsAs, verdictWords } from '../rows/words.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { When } from '../ui/when.tsx'
import { NoteForm } from './note-form.tsx'
import type { Deeds } from './use-viewer-keys.ts'

type Props = {
  state: StateName
  said: Said
  /** How far its redo is. */
  made: RedoName | undefined
  /** The verdict as the producer tells it: who said it, when and why. */
  told: Edit['verdict']
  refusal: string | undefined
  deeds: Deeds
  peek: Peek
  /** The viewer, whose keys these are. */
  root: RefObject<HTMLElement | null>
  row: number
  end: ReviewEnd | undefined
}

/** What was decided, by whom and why, and the buttons that decide. */
export function DecisionBar(props: Props) {
  const { state, said, deeds, peek, root, row, end } = props
  const { say } = useToasts()
  const [noting, setNoting] = useState<number>()
  // who comes back to the row looks at it again
  if (noting !== undefined && noting !== row) setNoting(undefined)
  const refusal =
    props.refusal ?? (state === 'succeeded' ? undefined : 'There is no picture to decide on yet.')
  const openNote = () => (refusal === undefined ? setNoting(row) : say(refusal))
  useKeys({ note: openNote }, root)
  const toViewer = () => root.current?.focus({ preventScroll: true })
  const closeNote = () => {
    setNoting(undefined)
    toViewer()
  }
  return (
    <div className="decision-bar" role="group" aria-label="Verdict">
      <ReviewEndNotice end={end} closed={toViewer} />
      <Decided {...props} />
      <button type="button" aria-pressed={peek.kept} onClick={peek.toggle}>
        Show before
      </button>
      <span className="decisions">
        <ActionButton act={() => deeds.decide('approved', false)} refusal={refusal} kind="primary" keys="a">
          Approve
        </ActionButton>
        <ActionButton act={() => deeds.decide('rejected', false)} refusal={refusal} keys="x">
          Reject
        </ActionButton>
        <ActionButton act={openNote} refusal={refusal} keys="c">
          Note…
        </ActionButton>
        <ActionButton act={deeds.redo} refusal={refusal} keys="e">
          Redo…
        </ActionButton>
        <ActionButton act={() => deeds.decide('none', true)} refusal={refusal} keys="u">
          Clear
        </ActionButton>
        <ActionButton act={deeds.undo} keys="z">
          Undo
        </ActionButton>
      </span>
      {noting === row && refusal === undefined ? (
        <NoteForm key={row} said={said} store={deeds.note} close={closeNote} />
      ) : null}
    </div>
  )
}

function Decided({ state, said, made, told }: Props) {
  const { verdict } = said
  const by = giverOf(told)
  return (
    <div className="decided">
      <p className="decision" data-verdict={verdict} role="status">
        <span aria-hidden="true" className="decision-mark">
          {markOf('succeeded', verdict, { redo: said.redo !== undefined, made })}
        </span>
        {verdict === 'redo' ? standsAs(state, verdict, made) : verdictWords[verdict]}
        {by === undefined || verdict === 'none' ? null : (
          <>
            {' by '}
            <bdi>{by}</bdi>
          </>
        )}
      </p>
      {by === undefined || told === undefined ? null : (
        <span className="muted">
          <When at={told.at} since />
        </span>
      )}
      {said.note === undefined ? null : (
        <details className="viewer-prompt decision-note">
          <summary>
            <bdi>{said.note}</bdi>
          </summary>
        </details>
      )}
    </div>
  )
}
