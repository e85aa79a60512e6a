import { count, counted, percent } from '../app/format.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { progressOf, type Course } from '../rows/course.ts'
import { countSelected, type Selection } from '../rows/selection.ts'

/** What can be done with the selected rows, or with all that match the filter. */
export function SelectionBar(props: {
  selection: Selection
  /** The rows that match. */
  matching: Uint32Array
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
          Select all {count(matching.length)} matching
        </button>
      )}
      <button type="button" className="plain" onClick={clear}>
        Select none
      </button>
    </section>
  )
}

/** How far operations are. */
export function OperationBar({ course }: { course: Course }) {
  const { done, of } = progressOf(course)
  const { waiting = 0 } = course
  const did = course.isUndo ? 'taken back' : 'stored'
  return (
    <div className="operation">
      <div
        className="operation-track"
        role="progressbar"
        aria-label={`Verdicts ${did}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, of)}
        aria-valuenow={done}
        aria-valuetext={`${count(done)} of ${counted(of, 'row')}`}
      >
        <span style={{ width: percent(done, of) === '0 %' ? 0 : `${(100 * done) / of}%` }} />
      </div>
      <span className="number">
        {count(done)} of {count(of)} verdicts {did}
      </span>
      {waiting === 0 ? null : (
        <span className="number">
          {count(waiting)} more {waiting === 1 ? 'order waits' : 'orders wait'}
        </span>
      )}
    </div>
  )
}
