import type { Schedule } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { Orders } from './orders.tsx'
import { stateOf } from './words.ts'

/** Catalogs that are run again and again. */
export function SchedulesPage() {
  const every = useEvery()
  const query = useQuery({
    queryKey: names.schedules,
    queryFn: ({ signal }) => api.schedules.list({ signal }),
    refetchInterval: every(15_000),
  })
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Schedules</h1>
      </div>
      <Read query={query} what="schedules" lines={4}>
        {(schedules) =>
          schedules.length === 0 ? (
            <EmptyForEver title="No schedule yet" commands={['restyle schedule --help']}>
              <p>A schedule runs a catalog again and again, and makes what is new or changed.</p>
            </EmptyForEver>
          ) : (
            <ScheduleTable schedules={schedules} />
          )
        }
      </Read>
    </div>
  )
}

function ScheduleTable({ schedules }: { schedules: readonly Schedule[] }) {
  const [, go] = useLocation()
  const { active, said } = useListKeys({
    rows: schedules,
    keyOf: ({ name }) => name,
    nameOf: ({ name }) => name,
    open: ({ name }) => go(`/schedules/${name}`),
  })
  return (
    <>
      <Table
        caption="Schedules"
        columns={columns}
        rows={schedules}
        keyOf={({ name }) => name}
        active={active}
      />
      {said}
    </>
  )
}

const columns: readonly Column<Schedule>[] = [
  {
    name: 'Schedule',
    cell: ({ name, manifest }) => (
      <>
        <Link href={`/schedules/${name}`}>{name}</Link>
        <div className="muted">
          <bdi>{manifest}</bdi>
        </div>
      </>
    ),
  },
  { name: 'State', cell: (schedule) => stateOf(schedule) },
  {
    name: 'When',
    rank: 1,
    cell: ({ cron, timeZone }) => (
      <>
        <code>{cron}</code> <span className="muted">{timeZone}</span>
      </>
    ),
  },
  {
    name: 'Next',
    cell: ({ nextTicks: [next], pausedAt }) =>
      next === undefined || pausedAt !== undefined ? '–' : <When at={next} />,
  },
  { name: 'Orders', cell: (schedule) => <Orders schedule={schedule} /> },
]
