import type { Lane } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { count } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { useAct } from '../ui/use-act.ts'
import { Confirm } from '../ui/confirm.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import { Why } from '../ui/why.tsx'
import {
  doesOf,
  heldBy,
  lagWords,
  priceOf,
  queriesOf,
  submitsOf,
  throttledOf,
  type Told,
} from './lane-words.ts'
import './lanes.css'

/** What each lane does now, and what stops it. */
export function LanesPage() {
  const every = useEvery()
  const { zone } = usePreferences()
  const now = useNow(5_000)
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
              <Table caption="Lanes" columns={columnsAt(now, zone)} rows={lanes} keyOf={({ id }) => id} />
            </>
          )
        }
      </Read>
    </div>
  )
}

const columnsAt = (now: number, zone: string): readonly Column<Lane>[] => [
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
  { name: 'Submits a second', cell: (lane) => <Figure told={submitsOf(lane)} /> },
  { name: 'Questions a second', cell: (lane) => <Figure told={queriesOf(lane)} /> },
  { name: 'Throttled', cell: (lane) => <Figure told={throttledOf(lane, now)} /> },
  { name: 'Ends seen after', rank: 1, cell: (lane) => <Figure told={lagWords(lane)} /> },
  {
    name: 'An image',
    rank: 1,
    cell: (lane) => <Figure told={priceOf(lane)} />,
  },
  { name: 'Now', cell: (lane) => <Doing lane={lane} held={heldBy(lane, now, zone)} /> },
  { name: 'Order', cell: (lane) => <Order lane={lane} /> },
]

const Figure = ({ told: { words, meaning, bad = false } }: { told: Told }) => (
  <Why why={meaning} warn={bad}>
    {words}
  </Why>
)

/** What stops it, each with its reason; where nothing does, what it does. */
function Doing({ lane, held }: { lane: Lane; held: string | undefined }) {
  const { pauses } = lane
  if (pauses.length === 0 && held === undefined) return <span>{doesOf(lane)}</span>
  return (
    <>
      {pauses.map(({ by, since, detail }) => (
        <div key={by} className="warn">
          {by === 'person' ? 'paused by a person' : 'paused for the vendor; ends by itself'},{' '}
          <When at={since} since />: <bdi>{detail}</bdi>
        </div>
      ))}
      {held === undefined ? null : <div className="warn">held: {held}</div>}
    </>
  )
}

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
