import type { Operation } from '@restyle/client/types'
import { count, counted, percent } from '../app/format.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { countSelected, type Selection } from '../rows/selection.ts'

/** What can be done with the selected rows, or with all that match the filter. */
export function SelectionBar(props: {
  selection: Selection
  matching: number
  refusal: string | undefined
  decide: (verdict: 'approved' | 'rejected' | 'redo' | null) => void
  selectAll: () => void
  clear: () => void
}) {
  const { selection, matching, refusal, decide, selectAll, clear } = props
  const selected = countSelected(selection, matching)
  if (selected === 0) return null
  return (
    <section className="selection-bar" aria-label="Selection">
      <strong className="number">
        {selection.kind === 'matching' ? 'All matching: ' : ''}
        {counted(selected, 'row')} selected
      </strong>
      <ActionButton act={() => decide('approved')} refusal={refusal}>
        Approve
      </ActionButton>
      <ActionButton act={() => decide('rejected')} refusal={refusal}>
        Reject
      </ActionButton>
      <ActionButton act={() => decide('redo')} refusal={refusal}>
        Mark to redo
      </ActionButton>
      <ActionButton act={() => decide(null)} refusal={refusal}>
        Clear verdict
      </ActionButton>
      {selection.kind === 'matching' ? null : (
        <button type="button" onClick={selectAll}>
          Select all {count(matching)} matching
        </button>
      )}
      <button type="button" className="plain" onClick={clear}>
        Select none
      </button>
    </section>
  )
}

/** How far an operation is. */
export function OperationBar({ operation }: { operation: Operation }) {
  const undo = operation.state === 'undoing' || operation.state === 'undone'
  const [done, matched] = undo
    ? [operation.restored ?? 0, operation.done]
    : [operation.done, operation.matched]
  const did = undo ? 'taken back' : 'stored'
  return (
    <div className="operation">
      <div
        className="operation-track"
        role="progressbar"
        aria-label={`Verdicts ${did}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, matched)}
        aria-valuenow={done}
        aria-valuetext={`${count(done)} of ${counted(matched, 'row')}`}
      >
        <span style={{ width: percent(done, matched) === '0 %' ? 0 : `${(100 * done) / matched}%` }} />
      </div>
      <span className="number">
        {count(done)} of {count(matched)} verdicts {did}
      </span>
    </div>
  )
}
