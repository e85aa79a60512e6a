import type { Webhook } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { api, names } from '../app/api.ts'
import { count } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { stateOf } from './words.ts'

/** Addresses that events are sent to, and how they do. */
export function WebhooksPage() {
  const every = useEvery()
  const query = useQuery({
    queryKey: names.webhooks,
    queryFn: ({ signal }) => api.webhooks.list({ signal }),
    refetchInterval: every(15_000),
  })
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Webhooks</h1>
      </div>
      <Read query={query} what="webhooks" lines={3}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <EmptyForEver title="No webhook yet" commands={['restyle webhook --help']}>
              <p>A webhook is sent every event of this producer, signed.</p>
            </EmptyForEver>
          ) : (
            <WebhookTable webhooks={webhooks} />
          )
        }
      </Read>
    </div>
  )
}

function WebhookTable({ webhooks }: { webhooks: readonly Webhook[] }) {
  const [, go] = useLocation()
  const { active, said } = useListKeys({
    rows: webhooks,
    keyOf: ({ id }) => id,
    nameOf: ({ description, url }) => description ?? url,
    open: ({ id }) => go(`/webhooks/${id}`),
  })
  return (
    <>
      <Table caption="Webhooks" columns={columns} rows={webhooks} keyOf={({ id }) => id} active={active} />
      {said}
    </>
  )
}

const columns: readonly Column<Webhook>[] = [
  {
    name: 'Address',
    cell: ({ id, url, description }) => (
      <>
        <Link href={`/webhooks/${id}`}>
          <bdi>{url}</bdi>
        </Link>
        {description === undefined ? null : (
          <div className="muted">
            <bdi>{description}</bdi>
          </div>
        )}
      </>
    ),
  },
  { name: 'State', cell: (webhook) => stateOf(webhook) },
  { name: 'Delivered', numeric: true, cell: ({ delivered }) => count(delivered) },
  { name: 'Failed attempts', numeric: true, cell: ({ failed }) => count(failed) },
  { name: 'Wait', numeric: true, rank: 1, cell: ({ waiting }) => count(waiting) },
  {
    name: 'Last delivered',
    numeric: true,
    cell: ({ lastDeliveredAt }) =>
      lastDeliveredAt === undefined ? '–' : <When at={lastDeliveredAt} since />,
  },
]
