import { ago, moment } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'

/** A time on this person's clock; `since`: how long ago it was, with the time itself beside it for who points at it. */
export function When({ at, since = false }: { at: string; since?: boolean }) {
  const { zone } = usePreferences()
  const now = useNow(since ? 5_000 : 60_000)
  const exact = moment(at, now, zone)
  return (
    <time dateTime={at} title={since ? `${exact} (${at})` : at} className="number">
      {since ? ago(at, now) : exact}
    </time>
  )
}
