import type { EditHistory } from '@restyle/client/types'
import { Link } from 'wouter'
import { moment } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { Facts } from '../ui/facts.tsx'
import { groupWords, hookWords } from './delivery-words.ts'

/** Who has heard of the edit by its last event. */
export function Delivery({ story: { event, delivery } }: { story: EditHistory }) {
  const now = useNow(15_000)
  const { zone } = usePreferences()
  if (event === undefined) return null
  const { webhooks = [], groups = [] } = delivery ?? {}
  return (
    <section className="card stack" aria-label="Who has heard of it">
      <h2>Who has heard of it</h2>
      <Facts
        facts={[
          ...webhooks.map(
            (hook) =>
              [
                'Webhook',
                <span key={hook.id}>
                  <Link href={`/webhooks/${hook.id}`}>
                    <bdi>{hook.description ?? hook.id}</bdi>
                  </Link>
                  : {hookWords(hook, (time) => moment(time, now, zone))}
                </span>,
              ] as const,
          ),
          ...groups.map(
            ({ name, state }) =>
              [
                'Group',
                <span key={name}>
                  <bdi>{name}</bdi>: {groupWords[state]}
                </span>,
              ] as const,
          ),
        ]}
      />
      {delivery === undefined ? <p className="muted">Where its event is was not found.</p> : null}
      {delivery !== undefined && webhooks.length + groups.length === 0 ? (
        <p className="muted">No webhook and no group that your key may see is to hear of it.</p>
      ) : null}
      <p className="muted">Whoever reads the events by pages or a stream knows alone how far that is.</p>
    </section>
  )
}
