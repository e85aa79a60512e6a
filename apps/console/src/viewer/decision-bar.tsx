import type { RedoName, StateName } from '../rows/filter.ts'
import type { Peek } from '../rows/review-keys.ts'
import type { Said } from '../rows/said.ts'
import { markOf, standsAs, verdictWords } from '../rows/words.ts'
import { ActionButton } from '../ui/action-button.tsx'
import type { Deeds } from './use-viewer-keys.ts'

/** What was decided, and the buttons that decide. */
export function DecisionBar(props: {
  state: StateName
  said: Said
  /** How far its redo is. */
  made: RedoName | undefined
  /** Who said it. */
  by: string | undefined
  refusal: string | undefined
  deeds: Deeds
  peek: Peek
}) {
  const { state, said, made, by, deeds, peek } = props
  const { verdict } = said
  const refusal =
    props.refusal ?? (state === 'succeeded' ? undefined : 'There is no picture to decide on yet.')
  return (
    <div className="decision-bar" role="group" aria-label="Verdict">
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
    </div>
  )
}
