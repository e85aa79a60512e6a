import type { Usage } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { count, money } from '../app/format.ts'
import { useProducer } from '../app/use-batch.ts'
import { useEvery } from '../app/live.ts'
import { useNow } from '../app/use-now.ts'
import { EmptyByFilter, Loading, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Budgets } from './budgets.tsx'
import type { Cap, SpendFacts } from './cap-outlook.ts'
import { Caps } from './caps.tsx'
import { dayColumns } from './course.ts'
import { type Asked, askedOf, csvOf, dayChoices, firstDay, groupings, type Row } from './spend.ts'
import { useOwnSpend } from './use-own-spend.ts'
import './spend.css'

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }))
/** The API's largest page. */
const most = 1_000
const everyMs = 60_000

/** How the days go on, where they are of one producer. */
type Course = { caps?: readonly Cap[]; facts?: SpendFacts }

/** What was billed and reserved, against what it may cost. */
export function SpendPage() {
  const [params, setParams] = useSearchParams()
  const asked = askedOf(params)
  const every = useEvery()
  const now = useNow(everyMs)
  const from = firstDay(asked.days, now)
  const query = useQuery({
    queryKey: names.usage({ by: asked.by, from }),
    queryFn: ({ signal }) => api.usage({ by: asked.by, from, limit: most }, { signal }),
    placeholderData: (before) => before,
    refetchInterval: every(everyMs),
  })
  const producer = useProducer()
  const own = useOwnSpend(producer.data ?? { name: '' }, asked.days, now)
  const budgets = useQuery({
    queryKey: names.batches({ budgets: true }),
    queryFn: async ({ signal }) =>
      (await firstOf(api.batches.list({ state: 'active', limit: 100 }, { signal }), 100)).filter(
        ({ budget }) => budget !== undefined,
      ),
  })
  const set = (name: keyof Asked, value: string) =>
    setParams(
      (old) => {
        old.set(name, value)
        return old
      },
      { replace: true },
    )
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Spend</h1>
        <Choices asked={asked} set={set} />
      </div>
      <Read query={producer} what="caps">
        {(read) => <Caps producer={read} facts={own?.facts} />}
      </Read>
      <Read query={query} what="what was spent" lines={6}>
        {(usage) =>
          usage.rows.length === 0 ? (
            <EmptyByFilter filter={`${usage.from} to ${usage.to}`} drop={() => set('days', '90')} />
          ) : (
            <Spent
              usage={usage}
              course={own?.isAlone === true ? { caps: producer.data?.caps ?? [], facts: own.facts } : {}}
            />
          )
        }
      </Read>
      <Read query={budgets} what="budgets">
        {(batches) => <Budgets batches={batches} />}
      </Read>
    </div>
  )
}

const Choices = ({ asked, set }: { asked: Asked; set: (name: keyof Asked, value: string) => void }) => (
  <div className="row">
    <label className="row">
      By
      <select value={asked.by} onChange={({ target }) => set('by', target.value)}>
        {groupings.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
    <label className="row">
      Days
      <select value={asked.days} onChange={({ target }) => set('days', target.value)}>
        {dayChoices
          .filter((days) => asked.by !== 'batch' || days <= 31)
          .map((days) => (
            <option key={days}>{days}</option>
          ))}
      </select>
    </label>
  </div>
)

function Spent({ usage, course }: { usage: Usage; course: Course }) {
  const { by, rows, totals, from, to, nextCursor } = usage
  return (
    <section className="stack" aria-label="Billed">
      <div className="cards">
        {totals.map(({ currency, micros, reservedMicros, images }) => (
          <div key={currency} className="card">
            <h2>
              {from} to {to}
            </h2>
            <p className="big number">{money(micros, currency)}</p>
            <p className="muted">
              billed for {count(images)} images; {money(reservedMicros, currency)} reserved
            </p>
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

const columnsBy = (by: Usage['by']): readonly Column<Row>[] => [
  {
    name: { day: 'Day', batch: 'Batch', lane: 'Lane', producer: 'Producer' }[by],
    cell: ({ name }) => (by === 'batch' ? <BatchName name={name} /> : <bdi>{name}</bdi>),
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
]

function BatchName({ name }: { name: string }) {
  if (name === '-') return 'edits that came alone'
  if (name === '+') return 'all other batches'
  return <Link href={`/batches/${name}`}>{name}</Link>
}
