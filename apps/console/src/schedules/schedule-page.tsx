import type { Schedule, ScheduleRun } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { money } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { Facts } from '../ui/facts.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import { Orders } from './orders.tsx'
import { outcomeOf, stateOf } from './words.ts'

/** One schedule, and what became of its ticks. */
export function SchedulePage() {
  const { name } = useParams<{ name: string }>()
  const every = useEvery()
  const schedule = useQuery({
    queryKey: names.schedule(name),
    queryFn: ({ signal }) => api.schedules.read(name, { signal }),
    refetchInterval: every(15_000),
  })
  const runs = useQuery({
    queryKey: [...names.schedule(name), 'runs'],
    queryFn: ({ signal }) => api.schedules.runs(name, { signal, limit: 100 }),
    refetchInterval: every(15_000),
  })
  return (
    <div className="stack">
      <Read query={schedule} what="the schedule" lines={6}>
        {(read) => (
          <>
            <div className="page-head">
              <h1>{read.name}</h1>
              <span className="muted">{stateOf(read)}</span>
              <Orders schedule={read} />
            </div>
            <About schedule={read} />
            <section className="stack" aria-label="History">
              <h2>History</h2>
              <Read query={runs} what="its history" lines={5}>
                {(list) =>
                  list.length === 0 ? (
                    <EmptyForEver title="No tick was due yet" />
                  ) : (
                    <Table caption="History" columns={columns} rows={list} keyOf={({ id }) => id} />
                  )
                }
              </Read>
            </section>
          </>
        )}
      </Read>
    </div>
  )
}

function About({ schedule }: { schedule: Schedule }) {
  const {
    cron,
    timeZone,
    manifest,
    prompt,
    model,
    window: hours,
    budget,
    finishBy,
    overlap,
    missed,
  } = schedule
  return (
    <section className="card" aria-label="How it is set">
      <Facts
        facts={[
          ['When', `${cron} (${timeZone})`],
          [
            'Next',
            schedule.nextTicks.map((tick) => (
              <div key={tick}>
                <When at={tick} />
              </div>
            )),
          ],
          ['Catalog', <bdi key="m">{manifest}</bdi>],
          ['Prompt', prompt === undefined ? 'of each row' : <bdi key="p">{prompt}</bdi>],
          ['Model', model],
          ['Window', hours === undefined ? undefined : `${hours.from} to ${hours.to} (${hours.timeZone})`],
          ['Budget of a run', budget === undefined ? 'none' : money(budget.micros, budget.currency)],
          ['Done by', finishBy],
          ['Overlap', overlap],
          ['Missed ticks', missed],
          [
            'Ticks',
            `${schedule.counts.due} due, ${schedule.counts.started} started, ${schedule.counts.skipped} skipped`,
          ],
        ]}
      />
    </section>
  )
}

const columns: readonly Column<ScheduleRun>[] = [
  {
    name: 'Tick',
    cell: ({ tick, asked }) => (
      <>
        <When at={tick} /> {asked === true ? <span className="muted">asked for</span> : null}
      </>
    ),
  },
  { name: 'What became of it', cell: (run) => <bdi>{outcomeOf(run)}</bdi> },
  {
    name: 'Batch',
    cell: ({ batch }) => (batch === undefined ? '–' : <Link href={`/batches/${batch}`}>{batch}</Link>),
  },
]
