import type { Batch, Producer } from '@restyle/client/types'
import { useMemo } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { count, money, moment } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { joined } from '../app/joined.ts'
import { type BatchState, mostListed, useBatch, useBatches, useProducer } from '../app/use-batch.ts'
import { useNow } from '../app/use-now.ts'
import { Announcer } from '../ui/announcer.tsx'
import { useBatchActions } from '../ui/batch-actions.tsx'
import { batchName } from '../ui/batch-words.ts'
import { outlookOf } from '../ui/outlook.ts'
import { partsOf } from '../ui/parts.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { EmptyByFilter, EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { toReview } from '../ui/to-review.ts'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { Why } from '../ui/why.tsx'
import './batches-page.css'
import { foretoldOf } from './batch-facts.ts'
import { countsOf, filters } from './batch-filters.ts'
import { standstillOf } from './standstill.ts'

/** Is it going well, and when is it done? */
export function BatchesPage() {
  const [search, setSearch] = useSearchParams()
  const filter = filters.find(({ state }) => state === search.get('state')) ?? filters[0]
  const show = (state: BatchState | undefined) => setSearch(state === undefined ? {} : { state })
  const { newest, shown } = useBatches(filter.state)
  const counts = newest.data && countsOf(newest.data, newest.data.length === mostListed)
  return (
    <>
      <div className="page-head">
        <h1>Batches</h1>
        <div className="row" role="group" aria-label="Show batches">
          {filters.map(({ state, word }, i) => (
            <button
              key={word}
              type="button"
              className="filter"
              aria-pressed={filter.state === state}
              onClick={() => show(state)}
            >
              {word} {counts === undefined ? null : <span className="number">{counts[i]}</span>}
            </button>
          ))}
        </div>
      </div>
      {newest.data === undefined ? null : <Announcer batches={newest.data} />}
      <Read query={shown} what="batches" lines={6}>
        {(batches) => {
          if (batches.length > 0) return <BatchTable batches={batches} />
          return filter.state === undefined ? (
            <NoBatches />
          ) : (
            <EmptyByFilter filter={filter.word} drop={() => show(undefined)} />
          )
        }}
      </Read>
    </>
  )
}

const NoBatches = () => (
  <EmptyForEver
    title="No batch yet"
    commands={[
      'pnpm restyle run ./photos --prompt "Place it on a marble table"',
      'pnpm restyle run catalog.csv --dry-run',
      'pnpm restyle run catalog.csv --name spring',
    ]}
  >
    <p>A folder of pictures or a catalog becomes a batch by the command line, by the API or by a schedule.</p>
  </EmptyForEver>
)

function BatchTable({ batches }: { batches: readonly Batch[] }) {
  const [, go] = useLocation()
  const actions = useBatchActions()
  const now = useNow(15_000)
  const { zone } = usePreferences()
  const { active, said } = useListKeys({
    rows: batches,
    keyOf: ({ id }) => id,
    nameOf: (batch) => batchName(batch, now, zone),
    open: ({ id }) => go(`/batches/${id}`),
    more: {
      'list-review': ({ id }) => go(`/batches/${id}/gallery`),
      'list-pause': actions.toggle,
      'list-cancel': actions.askCancel,
    },
  })
  const { data: producer } = useProducer()
  const columns = useMemo(
    () => columnsAt({ now, zone, stops: producer?.stops ?? [], foretold: foretoldOf(batches) }),
    [now, zone, producer, batches],
  )
  return (
    <div className="batches">
      <Table
        caption="Batches, the newest first"
        columns={columns}
        rows={batches}
        keyOf={({ id }) => id}
        active={active}
      />
      {batches.length < mostListed ? null : (
        <p className="muted">
          These are the newest {count(mostListed)}. Narrow them down, or search for older ones. The numbers
          above are of the newest {count(mostListed)} of all.
        </p>
      )}
      {said}
      {actions.dialog}
    </div>
  )
}

type At = {
  now: number
  zone: string
  /** Of the producer. */
  stops: NonNullable<Producer['stops']>
  foretold: ReadonlySet<string>
}

const columnsAt = ({ now, zone, stops, foretold }: At): readonly Column<Batch>[] => [
  {
    name: 'Name',
    cell: (batch) => (
      <>
        <Link href={`/batches/${batch.id}`} className="batch-name" dir="auto">
          {batchName(batch, now, zone)}
        </Link>
        <Standstill batch={batch} stops={stops} now={now} zone={zone} />
      </>
    ),
  },
  {
    name: 'Progress',
    cell: (batch) => (
      <div className="progress-cell">
        <ProgressBar label={`Progress of ${batchName(batch, now, zone)}`} parts={partsOf(batch.counts)} />
        <span className="number">
          {count(batch.counts.succeeded)} of {count(batch.total)} stored
        </span>
      </div>
    ),
  },
  { name: 'To review', numeric: true, rank: 1, cell: (batch) => count(toReview(batch)) },
  {
    name: 'Failed',
    numeric: true,
    rank: 1,
    cell: ({ counts }) => (counts.failed === 0 ? '0' : <span className="bad">{count(counts.failed)}</span>),
  },
  {
    name: 'Spent',
    numeric: true,
    cell: ({ cost, budget }) =>
      `${money(cost.micros, cost.currency)}${budget === undefined ? '' : ` of ${money(budget.micros, budget.currency)}`}`,
  },
  {
    name: 'Done',
    cell: (batch) => <Done batch={batch} foretold={foretold.has(batch.id)} now={now} zone={zone} />,
  },
]

/** Why a batch stands still, where it does, and where that is changed. */
function Standstill(props: { batch: Batch } & Omit<At, 'foretold'>) {
  const { batch, stops, now, zone } = props
  const stop = standstillOf(batch, { stops }, (time) => moment(time, now, zone))
  if (stop === undefined) return null
  const { words, link } = stop
  return (
    <span className="standstill">
      <span aria-hidden="true">‖ </span>
      {words}{' '}
      {link === undefined ? null : (
        <Link href={link.to}>
          {link.text}
          <span className="unseen"> for {batchName(batch, now, zone)}</span>
        </Link>
      )}
    </span>
  )
}

function Done(props: { batch: Batch; foretold: boolean; now: number; zone: string }) {
  const { batch, foretold, now, zone } = props
  const { data } = useBatch(batch.id, foretold)
  const known = foretold && data !== undefined ? joined(data, batch) : batch
  const { words, why, late } = outlookOf(known, now, zone)
  const shown = late ? `${words}, later than it should be` : words
  return why === '' ? (
    shown
  ) : (
    <Why why={why} warn={late}>
      {shown}
    </Why>
  )
}
