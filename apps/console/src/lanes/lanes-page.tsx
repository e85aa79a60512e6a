import type { Lane } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { count } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { useAct } from '../ui/use-act.ts'
import { Confirm } from '../ui/confirm.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import './lanes.css'

/** What each lane does now, and what stops it. */
export function LanesPage() {
  const every = useEvery()
  const query = useQuery({
    queryKey: names.lanes,
    queryFn: ({ signal }) => api.lanes.list({ signal }),
    refetchInterval: every(5_000),
  })
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Lanes</h1>
      </div>
      <Read query={query} what="lanes" lines={3}>
        {(lanes) =>
          lanes.length === 0 ? (
            <EmptyForEver title="No worker has announced a lane">
              <p>Workers announce theirs when they start.</p>
            </EmptyForEver>
          ) : (
            <>
              <p className="muted">
                A lane is one account in one region for one model. They are of all producers.
              </p>
              <Table caption="Lanes" columns={columns} rows={lanes} keyOf={({ id }) => id} />
            </>
          )
        }
      </Read>
    </div>
  )
}

const columns: readonly Column<Lane>[] = [
  {
    name: 'Lane',
    cell: ({ name, model, region }) => (
      <>
        <bdi>{name}</bdi>
        <div className="muted">
          {model}, {region}
        </div>
      </>
    ),
  },
  {
    name: 'Slots',
    cell: ({ name, running, slots }) => (
      <span className="slots">
        <meter
          min={0}
          max={Math.max(slots, 1)}
          value={running}
          aria-label={`Slots of ${name} that are in use`}
        >
          {running} of {slots}
        </meter>
        <span className="number">
          {count(running)} of {count(slots)}
        </span>
      </span>
    ),
  },
  {
    name: 'Submits a second',
    numeric: true,
    rank: 1,
    cell: ({ submitPerSecond }) => String(submitPerSecond),
  },
  { name: 'Now', cell: (lane) => <Pauses lane={lane} /> },
  { name: 'Order', cell: (lane) => <Order lane={lane} /> },
]

const Pauses = ({ lane: { pauses, running } }: { lane: Lane }) =>
  pauses.length === 0 ? (
    <span>{running === 0 ? 'ready, nothing runs' : 'works'}</span>
  ) : (
    pauses.map(({ by, since, detail }) => (
      <div key={by} className="warn">
        {by === 'person' ? 'paused by a person' : 'paused for the vendor; ends by itself'},{' '}
        <When at={since} since />: <bdi>{detail}</bdi>
      </div>
    ))
  )

function Order({ lane: { id, name, pauses } }: { lane: Lane }) {
  const [asking, setAsking] = useState(false)
  const { act, busy } = useAct(names.lanes)
  const isPaused = pauses.some(({ by }) => by === 'person')
  const close = () => setAsking(false)
  const pause = () =>
    act({ call: () => api.lanes.pause(id), said: `Nothing is submitted to ${name}.`, done: close })
  const resume = () => act({ call: () => api.lanes.resume(id), said: `${name} goes on.` })
  return (
    <>
      <button
        type="button"
        aria-disabled={busy || undefined}
        onClick={isPaused ? resume : () => setAsking(true)}
      >
        {isPaused ? `Resume ${name}` : `Pause ${name}`}
      </button>
      <Confirm open={asking} title={`Pause ${name}`} verb={`Pause ${name}`} close={close} act={pause}>
        <p>Nothing is submitted to it, for all producers, until somebody resumes it. Tasks that run go on.</p>
      </Confirm>
    </>
  )
}
