import type { OpenSession } from '@restyle/client/sessions'
import { useQuery } from '@tanstack/react-query'
import { api, names } from '../app/api.ts'
import { counted } from '../app/format.ts'
import { useSession } from '../app/session.tsx'
import { ActionButton } from '../ui/action-button.tsx'
import { Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useAct } from '../ui/use-act.ts'
import { When } from '../ui/when.tsx'

/** Who is signed in by a browser: with the own key, or for an admin with any of the producer. */
export function Sessions() {
  const { producer, scopes } = useSession()
  const query = useQuery({
    queryKey: names.sessions,
    queryFn: ({ signal }) => api.session.list({ signal }),
  })
  return (
    <section className="stack" aria-label="Sessions">
      <h2>Who is signed in</h2>
      <p className="muted">
        Browsers with {scopes.includes('admin') ? `a key of ${producer}` : 'your key'}. A session ends 12
        hours after its last use, or with its key.
      </p>
      <Read query={query} what="sessions" lines={2}>
        {({ sessions, more }) => (
          <>
            <Table caption="Sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} />
            {more === undefined ? null : <p className="muted">{counted(more, 'session')} more.</p>}
          </>
        )}
      </Read>
    </section>
  )
}

const columns: readonly Column<OpenSession>[] = [
  {
    name: 'Key',
    cell: ({ keyId, keyName }) => (
      <>
        {keyName === undefined ? null : <bdi>{keyName} </bdi>}
        <code>{keyId}</code>
      </>
    ),
  },
  {
    name: 'Opened',
    rank: 1,
    cell: ({ openedAt }) => (openedAt === undefined ? 'not known' : <When at={openedAt} />),
  },
  { name: 'Last used', cell: ({ lastUsedAt }) => <When at={lastUsedAt} since /> },
  { name: 'Ends', rank: 1, cell: ({ expiresAt }) => <When at={expiresAt} /> },
  { name: 'Order', cell: (session) => <End session={session} /> },
]

function End({ session: { id, keyId, isOwn } }: { session: OpenSession }) {
  const { act, busy } = useAct(names.sessions)
  if (isOwn === true) return <span className="muted">this browser</span>
  const end = () => act({ call: () => api.session.endOne(id), said: `A session of key ${keyId} has ended.` })
  return (
    <ActionButton kind="danger" act={() => !busy && end()}>
      End<span className="unseen"> the session {id}</span>
    </ActionButton>
  )
}
