import type { Key } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { useAct } from '../ui/use-act.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import { NewKey } from './new-key.tsx'

/** Keys that one page shows, the oldest first. */
const most = 500

/** The API keys of all producers: for keys with the scope `admin`. */
export function ApiKeys() {
  const query = useQuery({
    queryKey: names.apiKeys,
    queryFn: ({ signal }) => firstOf(api.keys.list({ signal }), most),
  })
  return (
    <section className="stack" aria-label="API keys">
      <h2>API keys</h2>
      <NewKey />
      <Read query={query} what="API keys" lines={4}>
        {(keys) => (
          <>
            <Table caption="API keys" columns={columns} rows={keys} keyOf={({ id }) => id} />
            {keys.length === most ? <p className="muted">Only the first {most} are shown.</p> : null}
          </>
        )}
      </Read>
    </section>
  )
}

const columns: readonly Column<Key>[] = [
  {
    name: 'Key',
    cell: ({ id, name }) => (
      <>
        {name === undefined ? null : <bdi>{name} </bdi>}
        <code>{id}</code>
      </>
    ),
  },
  { name: 'Producer', cell: ({ producer }) => producer },
  { name: 'May do', cell: ({ scopes }) => scopes.join(', '), rank: 1 },
  { name: 'State', cell: ({ state }) => state },
  {
    name: 'Last used',
    numeric: true,
    cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : <When at={lastUsedAt} since />),
  },
  { name: 'Order', cell: (key) => <Revoke apiKey={key} /> },
]

function Revoke({ apiKey: { id, state, producer } }: { apiKey: Key }) {
  const [asking, setAsking] = useState(false)
  const { act, busy } = useAct(names.apiKeys)
  const close = () => setAsking(false)
  const revoke = () =>
    act({ call: () => api.keys.revoke(id), said: `Key ${id} opens nothing any more.`, done: close })
  return (
    <>
      <ActionButton
        kind="danger"
        refusal={state === 'live' ? undefined : `It is ${state} already.`}
        act={() => setAsking(true)}
      >
        Revoke<span className="unseen"> {id}</span>
      </ActionButton>
      <Confirm
        open={asking}
        title="Revoke this key"
        verb="Revoke"
        typed={id.slice(0, 6)}
        close={close}
        act={() => !busy && revoke()}
      >
        <p>
          Key <code>{id}</code> of {producer} opens nothing any more, at once and for good. Sessions that were
          opened with it end too.
        </p>
      </Confirm>
    </>
  )
}
