import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { useRefusal } from '../app/session.tsx'
import { useNow } from '../app/use-now.ts'
import { type Column, Table } from '../ui/table.tsx'
import { type Waiting, waitingLanes } from './waiting.ts'

/** What waits for the vendor or the bucket, and is no failure. Lanes are of all producers: only who may read them is told. */
export function WaitingLanes() {
  const refusal = useRefusal('admin')
  const every = useEvery()
  const now = useNow(15_000)
  const { data } = useQuery({
    queryKey: names.lanes,
    queryFn: ({ signal }) => api.lanes.list({ signal }),
    enabled: refusal === undefined,
    refetchInterval: every(15_000),
  })
  const rows = waitingLanes(data ?? [], now)
  return rows.length === 0 ? null : (
    <section className="stack" aria-labelledby="waits">
      <h2 id="waits">Waits, and has not failed</h2>
      <Table caption="Waits, and has not failed" columns={columns} rows={rows} keyOf={({ id }) => id} />
    </section>
  )
}

const columns: readonly Column<Waiting>[] = [
  { name: 'Code', cell: ({ code }) => (code === undefined ? '–' : <code>{code}</code>) },
  { name: 'Lane', cell: ({ lane }) => <bdi>{lane}</bdi> },
  { name: 'Last', cell: ({ last }) => last },
  {
    name: 'What it means',
    cell: ({ holds, why }) => (
      <>
        {holds ? 'Nothing goes now. ' : ''}
        <bdi>{why}</bdi>
      </>
    ),
  },
  {
    name: 'What you can do',
    cell: ({ code, holds }) => (
      <>
        {holds && code === undefined ? 'Put right what it says' : 'Nothing: it goes on by itself'};{' '}
        <Link href="/lanes">see the lanes</Link>
      </>
    ),
  },
]
