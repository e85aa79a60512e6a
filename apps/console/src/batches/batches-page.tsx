import type { Batch } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { count } from '../app/format.ts'
import { partsOf, ProgressBar } from '../ui/progress-bar.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'

/** Is it going well, and when is it done? */
export function BatchesPage() {
  const query = useQuery({
    queryKey: names.batches(),
    queryFn: async ({ signal }) => firstOf(api.batches.list({ limit: 100 }, { signal }), 100),
  })
  return (
    <>
      <div className="page-head">
        <h1>Batches</h1>
      </div>
      <Read query={query} what="batches" lines={6}>
        {(batches) =>
          batches.length === 0 ? (
            <EmptyForEver title="No batch yet" commands={['restyle run catalog.csv']}>
              <p>A catalog becomes a batch with the command line, by the API or by a schedule.</p>
            </EmptyForEver>
          ) : (
            <Table caption="Batches" columns={columns} rows={batches} keyOf={({ id }) => id} />
          )
        }
      </Read>
    </>
  )
}

const columns: readonly Column<Batch>[] = [
  { name: 'Name', cell: ({ id, name }) => <Link href={`/batches/${id}`}>{name ?? id}</Link> },
  {
    name: 'Progress',
    cell: ({ id, name, counts }) => (
      <ProgressBar label={`Progress of ${name ?? id}`} parts={partsOf(counts)} />
    ),
  },
  { name: 'Failed', numeric: true, cell: ({ counts }) => count(counts.failed) },
]
