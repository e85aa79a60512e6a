import type { Delivery, Webhook } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { count } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { useRefusal } from '../app/session.tsx'
import { useAct } from '../ui/use-act.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Facts } from '../ui/facts.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import { WebhookOrders } from './webhook-orders.tsx'
import { answerOf, stateOf } from './words.ts'

/** Attempts that one page shows. */
const most = 100

/** One webhook: how it does, what was sent, and what it answered. */
export function WebhookPage() {
  const { id } = useParams<{ id: string }>()
  const every = useEvery()
  const webhook = useQuery({
    queryKey: names.webhook(id),
    queryFn: ({ signal }) => api.webhooks.read(id, { signal }),
    refetchInterval: every(10_000),
  })
  return (
    <div className="stack">
      <Read query={webhook} what="the webhook" lines={5}>
        {(read) => (
          <>
            <div className="page-head">
              <h1>
                <bdi>{read.url}</bdi>
              </h1>
            </div>
            <About webhook={read} />
            <WebhookOrders webhook={read} />
            <Deliveries id={id} />
          </>
        )}
      </Read>
    </div>
  )
}

/** Its last attempts, by how they ended. */
function Deliveries({ id }: { id: string }) {
  const [params, setParams] = useSearchParams()
  const outcome = (['delivered', 'failed'] as const).find((each) => each === params.get('outcome'))
  const every = useEvery()
  const deliveries = useQuery({
    queryKey: names.deliveries(id, outcome ?? ''),
    queryFn: ({ signal }) =>
      firstOf(api.webhooks.deliveries(id, { signal, ...(outcome === undefined ? {} : { outcome }) }), most),
    refetchInterval: every(10_000),
  })
  const choose = (value: string) =>
    setParams(value === '' ? new URLSearchParams() : new URLSearchParams({ outcome: value }), {
      replace: true,
    })
  return (
    <section className="stack" aria-label="Deliveries">
      <div className="row">
        <h2>Deliveries</h2>
        <label className="row">
          Show
          <select value={outcome ?? ''} onChange={({ target }) => choose(target.value)}>
            <option value="">all</option>
            <option value="delivered">delivered</option>
            <option value="failed">failed</option>
          </select>
        </label>
      </div>
      <Read query={deliveries} what="deliveries" lines={5}>
        {(list) =>
          list.length === 0 ? (
            <EmptyForEver title="Nothing was sent yet" />
          ) : (
            <Table
              caption="Deliveries"
              columns={columnsOf(id)}
              rows={list}
              keyOf={({ cursor, attempt, at }) => `${cursor} ${attempt} ${at}`}
            />
          )
        }
      </Read>
    </section>
  )
}

const About = ({ webhook }: { webhook: Webhook }) => (
  <section className="card" aria-label="How it does">
    <Facts
      facts={[
        ['State', stateOf(webhook)],
        ['About', webhook.description],
        ['Events', webhook.types === undefined ? 'all' : webhook.types.join(', ')],
        ['Delivered', count(webhook.delivered)],
        ['Failed attempts', count(webhook.failed)],
        ['Wait', count(webhook.waiting)],
        [
          'Nothing before',
          webhook.notBefore === undefined ? undefined : <When key="n" at={webhook.notBefore} />,
        ],
        [
          'Passed while disabled',
          webhook.skipped.length === 0 ? undefined : `${webhook.skipped.length} ranges of events`,
        ],
        [
          'Sent up to',
          <span key="c" className="row">
            <code>{webhook.cursor}</code>
            <CopyButton text={webhook.cursor} label="Copy the cursor" />
          </span>,
        ],
      ]}
    />
  </section>
)

const columnsOf = (webhook: string): readonly Column<Delivery>[] => [
  { name: 'When', cell: ({ at }) => <When at={at} /> },
  {
    name: 'Outcome',
    cell: ({ outcome }) => (outcome === 'failed' ? <span className="bad">failed</span> : outcome),
  },
  {
    name: 'Event',
    cell: ({ type, subject }) => (
      <>
        {type}
        <div className="muted">{subject}</div>
      </>
    ),
  },
  { name: 'Answer', cell: (delivery) => <bdi>{answerOf(delivery)}</bdi> },
  {
    name: 'Attempt',
    numeric: true,
    rank: 1,
    cell: ({ attempt, because }) => `${attempt}${because === 'event' ? '' : ` (${because})`}`,
  },
  {
    name: 'Next',
    rank: 1,
    cell: ({ nextAt }) => (nextAt === undefined ? '–' : <When at={nextAt} />),
  },
  { name: 'Order', cell: (delivery) => <SendAgain webhook={webhook} delivery={delivery} /> },
]

function SendAgain({ webhook, delivery: { cursor, event } }: { webhook: string; delivery: Delivery }) {
  const refusal = useRefusal('webhooks')
  const { act, busy } = useAct(names.webhooks)
  return (
    <ActionButton
      refusal={refusal}
      act={() =>
        !busy &&
        act({
          call: () => api.webhooks.replay(webhook, { cursors: [cursor] }),
          said: `Event ${event} is sent once more.`,
        })
      }
    >
      Send again
    </ActionButton>
  )
}
