import type { Usage } from '@restyle/client/types'
import { lazy, Suspense, useMemo } from 'react'
import { Link } from 'wouter'
import { count, money } from '../app/format.ts'
import { BatchName } from '../ui/batch-name.tsx'
import { Loading } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { Cap, SpendFacts } from './cap-outlook.ts'
import { dayColumns } from './course.ts'
import { csvOf, ledgerWords, type Row } from './spend.ts'

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }))

/** How the days go on, where they are of one producer. */
type Course = { caps?: readonly Cap[]; facts?: SpendFacts }

/** What was billed, reserved and released in some days, and what the ledger says to that. */
export function Spent({ usage, course }: { usage: Usage; course: Course }) {
  const { by, rows, totals, from, to, nextCursor } = usage
  return (
    <section className="stack" aria-label="Billed">
      <div className="cards">
        {totals.map(({ currency, micros, reservedMicros, releasedMicros, images }) => (
          <div key={currency} className="card">
            <h2>
              {from} to {to}
            </h2>
            <p className="big number">{money(micros, currency)}</p>
            <p className="muted">
              billed for {count(images)} images; {money(reservedMicros, currency)} reserved,{' '}
              {money(releasedMicros, currency)} released
            </p>
            <LedgerLine usage={usage} currency={currency} />
          </div>
        ))}
      </div>
      {by === 'day'
        ? totals.map(({ currency }) => (
            <DayChart key={currency} rows={rows} currency={currency} course={course} />
          ))
        : null}
      <Table
        caption={`Billed by ${by}`}
        columns={columnsBy(by)}
        rows={rows}
        keyOf={({ name, currency }) => `${name} ${currency}`}
      />
      <div className="row">
        <a
          className="button"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(by, rows))}`}
          download={`spend-by-${by}-${from}-${to}.csv`}
        >
          CSV
        </a>
        {nextCursor === undefined ? null : (
          <span className="muted">Only the first {count(rows.length)} rows; the totals are of all.</span>
        )}
      </div>
    </section>
  )
}

function DayChart(props: { rows: readonly Row[]; currency: string; course: Course }) {
  const { rows, currency, course } = props
  const { caps, facts } = course
  const columns = useMemo(() => dayColumns(rows, currency, caps, facts), [rows, currency, caps, facts])
  return columns.days.length < 2 ? null : (
    <div className="card">
      <Suspense fallback={<Loading what="the chart" lines={4} />}>
        <Chart columns={columns} currency={currency} />
      </Suspense>
    </div>
  )
}

/** A second count of the same money. */
function LedgerLine({ usage, currency }: { usage: Usage; currency: string }) {
  const { words, isSame } = ledgerWords(usage, currency)
  return <p className={isSame ? 'muted' : 'warn'}>{words}</p>
}

const columnsBy = (by: Usage['by']): readonly Column<Row>[] => [
  {
    name: { day: 'Day', batch: 'Batch', lane: 'Lane', producer: 'Producer' }[by],
    cell: (row) => (by === 'batch' ? <BatchLink row={row} /> : <bdi>{row.name}</bdi>),
  },
  { name: 'Images', numeric: true, cell: ({ images }) => count(images) },
  { name: 'Billed', numeric: true, cell: ({ micros, currency }) => money(micros, currency) },
  ...(by === 'day' || by === 'producer'
    ? [
        {
          name: 'Reserved',
          numeric: true,
          cell: ({ reservedMicros, currency }: Row) => money(reservedMicros, currency),
        },
      ]
    : []),
  {
    name: 'Released',
    numeric: true,
    cell: ({ releasedMicros, currency }) => money(releasedMicros, currency),
  },
]

function BatchLink({ row: { name, batch } }: { row: Row }) {
  if (name === '-') return 'edits that came alone'
  if (name === '+') return 'all other batches'
  return (
    <Link href={`/batches/${name}`}>
      <BatchName batch={{ id: name, ...batch }} />
    </Link>
  )
}
