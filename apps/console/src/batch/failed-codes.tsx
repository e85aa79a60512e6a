import type { Batch, BatchMap } from '@restyle/client/types'
import { Link } from 'wouter'
import { count } from '../app/format.ts'
import { Table } from '../ui/table.tsx'

type Row = { code: string; rows: number }

/** Rows that failed, by the code of their newest edit, the most frequent first. */
export function FailedCodes({ batch, planes }: { batch: Batch; planes: BatchMap | undefined }) {
  const { failed } = batch.counts
  if (failed === 0) return null
  const rows = rowsOf(batch.codes ?? [], planes)
  return (
    <section className="card stack" aria-labelledby="failures-of-batch">
      <h2 id="failures-of-batch">Failed: {count(failed)}</h2>
      {rows.length === 0 ? null : (
        <Table
          caption="Failures by code"
          columns={[
            { name: 'Code', cell: ({ code }) => <code>{code}</code> },
            { name: 'Rows', numeric: true, cell: (row) => count(row.rows) },
            {
              name: 'What to do',
              cell: ({ code }) => (
                <Link href={`/batches/${batch.id}/gallery?code=${encodeURIComponent(code)}`}>See them</Link>
              ),
            },
          ]}
          rows={rows}
          keyOf={({ code }) => code}
        />
      )}
      <p>
        <Link href={`/failures?batch=${batch.id}`}>What they mean, and another try</Link>;{' '}
        <code>pnpm restyle retry {batch.id}</code> tries all of them once more.
      </p>
    </section>
  )
}

function rowsOf(codes: readonly string[], planes: BatchMap | undefined): Row[] {
  if (planes === undefined) return []
  const counts = new Uint32Array(256)
  for (const byte of planes.code) counts[byte] = (counts[byte] ?? 0) + 1
  const rows = codes.map((code, place) => ({ code, rows: counts[place + 1] ?? 0 }))
  return rows.filter((row) => row.rows > 0).toSorted((a, b) => b.rows - a.rows)
}
