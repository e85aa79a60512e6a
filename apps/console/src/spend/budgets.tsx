import type { Batch } from '@restyle/client/types'
import { Link } from 'wouter'
import { money } from '../app/format.ts'
import { BatchName } from '../ui/batch-name.tsx'
import { type Column, Table } from '../ui/table.tsx'

/** What batches that go on may cost, and what is left. */
export const Budgets = ({ batches }: { batches: readonly Batch[] }) =>
  batches.length === 0 ? null : (
    <section className="stack" aria-label="Budgets">
      <h2>Budgets of batches that go on</h2>
      <Table caption="Budgets" columns={columns} rows={batches} keyOf={({ id }) => id} />
    </section>
  )

const columns: readonly Column<Batch>[] = [
  {
    name: 'Batch',
    cell: (batch) => (
      <Link href={`/batches/${batch.id}`}>
        <BatchName batch={batch} />
      </Link>
    ),
  },
  { name: 'Billed', numeric: true, cell: ({ cost }) => money(cost.micros, cost.currency) },
  { name: 'Reserved', numeric: true, cell: ({ cost }) => money(cost.reservedMicros, cost.currency) },
  {
    name: 'Budget',
    numeric: true,
    cell: ({ budget }) => (budget === undefined ? '' : money(budget.micros, budget.currency)),
  },
  {
    name: 'Left',
    numeric: true,
    cell: ({ budget }) => (budget === undefined ? '' : money(budget.freeMicros, budget.currency)),
  },
  {
    name: 'State',
    cell: ({ stops = [] }) =>
      stops.some(({ reason }) => reason === 'budget') ? (
        <span className="warn">stopped: used up</span>
      ) : (
        'goes on'
      ),
  },
]
