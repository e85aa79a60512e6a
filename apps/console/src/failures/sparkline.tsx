import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { barsOf, type Hours, hourWords, picturedHeight } from './hours.ts'

/** How many failed in each of the last 24 hours, as bars and in words: who hears the page hears the words alone. */
export function Sparkline({ counts, ...of }: Pick<Hours, 'counts' | 'from' | 'isBounded'>) {
  const { zone } = usePreferences()
  const now = useNow(60_000)
  return (
    <div className="spark">
      <svg viewBox={`0 0 ${counts.length} ${picturedHeight}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={barsOf(counts)} />
      </svg>
      <span>{hourWords({ counts, ...of, now, zone })}</span>
    </div>
  )
}
