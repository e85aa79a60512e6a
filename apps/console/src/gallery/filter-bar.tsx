import { useId } from 'react'
import { count, counted } from '../app/format.ts'
import { cellSizes } from '../app/preferences.ts'
import { Modal } from '../ui/modal.tsx'
import {
  everything,
  redoNames,
  stateNames,
  verdictNames,
  type Filter,
  type RedoName,
  type StateName,
  type VerdictName,
} from '../rows/filter.ts'
import { termTexts } from '../rows/row-line.ts'
import { redoWords, stateWords, verdictWords } from '../rows/words.ts'

/** A filter in words: `succeeded, not reviewed, key:LAMP*`. */
export const filterWords = ({ states, verdicts, codes, redos, text }: Filter): string =>
  [
    ...states.map((name) => stateWords[name]),
    ...verdicts.map((name) => verdictWords[name]),
    ...codes,
    ...redos.map((name) => redoWords[name]),
    ...termTexts(text),
  ].join(', ')

type Chip = { key: string; text: string; drop: Filter }

const without = <Item,>(items: readonly Item[], item: Item): readonly Item[] =>
  items.filter((each) => each !== item)

const chipsOf = (filter: Filter): Chip[] => [
  ...filter.states.map((name) => ({
    key: `state ${name}`,
    text: stateWords[name],
    drop: { ...filter, states: without(filter.states, name) },
  })),
  ...filter.verdicts.map((name) => ({
    key: `verdict ${name}`,
    text: verdictWords[name],
    drop: { ...filter, verdicts: without(filter.verdicts, name) },
  })),
  ...filter.codes.map((code) => ({
    key: `code ${code}`,
    text: code,
    drop: { ...filter, codes: without(filter.codes, code) },
  })),
  ...filter.redos.map((name) => ({
    key: `redo ${name}`,
    text: redoWords[name],
    drop: { ...filter, redos: without(filter.redos, name) },
  })),
  ...termTexts(filter.text).map((term, at, terms) => ({
    key: `term ${at} ${term}`,
    text: term,
    drop: { ...filter, text: terms.toSpliced(at, 1).join(' ') },
  })),
]

/** What is shown: a chip for each part of the filter, and the button that adds one. */
export function FilterChips({
  filter,
  set,
  choose,
}: {
  filter: Filter
  set: (filter: Filter) => void
  choose: () => void
}) {
  return (
    <div className="chips" role="group" aria-label="Filter">
      {chipsOf(filter).map(({ key, text, drop }) => (
        <button
          key={key}
          type="button"
          className="chip"
          aria-label={`Remove ${text} from the filter`}
          onClick={() => set(drop)}
        >
          <bdi>{text}</bdi> <span aria-hidden="true">×</span>
        </button>
      ))}
      <button type="button" className="chip chip-add" onClick={choose}>
        Filter
      </button>
    </div>
  )
}

/** Every part that a filter may have; what is ticked is shown at once. `show`: closes it too. */
export function FilterDialog(props: {
  open: boolean
  close: () => void
  show: () => void
  filter: Filter
  set: (filter: Filter) => void
  codes: readonly string[]
  found: number
}) {
  const { open, close, show, filter, set, codes, found } = props
  return (
    <Modal open={open} title="Show rows that are" close={close}>
      <div className="filter-groups">
        <Ticks
          legend="State"
          all={stateNames}
          ticked={filter.states}
          words={(name: StateName) => stateWords[name]}
          set={(states) => set({ ...filter, states })}
        />
        <Ticks
          legend="Verdict"
          all={verdictNames}
          ticked={filter.verdicts}
          words={(name: VerdictName) => verdictWords[name]}
          set={(verdicts) => set({ ...filter, verdicts })}
        />
        {codes.length === 0 ? null : (
          <Ticks
            legend="Error code"
            all={codes}
            ticked={filter.codes}
            words={(code) => code}
            set={(some) => set({ ...filter, codes: some })}
          />
        )}
        <Ticks
          legend="Redo"
          all={redoNames}
          ticked={filter.redos}
          words={(name: RedoName) => redoWords[name]}
          set={(redos) => set({ ...filter, redos })}
        />
      </div>
      <div className="row">
        <button type="button" className="primary" onClick={show}>
          Show {counted(found, 'row')}
        </button>
        <button type="button" onClick={() => set(everything)}>
          Show all
        </button>
      </div>
    </Modal>
  )
}

function Ticks<Name extends string>(props: {
  legend: string
  all: readonly Name[]
  ticked: readonly Name[]
  words: (name: Name) => string
  set: (names: readonly Name[]) => void
}) {
  const { legend, all, ticked, words, set } = props
  return (
    <fieldset className="ticks">
      <legend>{legend}</legend>
      {all.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={ticked.includes(name)}
            onChange={({ currentTarget }) =>
              set(all.filter((each) => (each === name ? currentTarget.checked : ticked.includes(each))))
            }
          />
          <bdi>{words(name)}</bdi>
        </label>
      ))}
    </fieldset>
  )
}

/** How large the cells are. */
export function SizeChoice({ edge, set }: { edge: number; set: (edge: number) => void }) {
  const name = useId()
  return (
    <fieldset className="sizes">
      <legend>Size</legend>
      {cellSizes.map((size) => (
        <label key={size.edge}>
          <input
            type="radio"
            name={name}
            checked={edge === size.edge}
            onChange={() => set(size.edge)}
            aria-label={`${size.name} pictures`}
          />
          <span aria-hidden="true" className={`size size-${size.name}`} />
        </label>
      ))}
    </fieldset>
  )
}

/** How many rows are shown, how many came since, and how many takes there are to look at. */
export function Counts({
  shown,
  approved,
  fresh,
  showNew,
  newTakes,
  showTakes,
}: {
  shown: number
  approved: number
  fresh: number
  showNew: () => void
  newTakes: number
  showTakes: () => void
}) {
  return (
    <p className="counts">
      <span className="number">{count(shown)}</span> shown · <span className="number">{count(approved)}</span>{' '}
      approved
      {newTakes === 0 ? null : (
        <button
          type="button"
          className="chip chip-new"
          onClick={showTakes}
          title="To redo, and another take is there"
        >
          {counted(newTakes, 'new take')}
        </button>
      )}
      {fresh === 0 ? null : (
        <button type="button" className="chip chip-new" onClick={showNew} title="Key .">
          +{count(fresh)} new
        </button>
      )}
    </p>
  )
}
