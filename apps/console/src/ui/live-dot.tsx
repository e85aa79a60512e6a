import { freshWords } from '../app/freshness.ts'
import { pauseLive, useLiveState } from '../app/live.ts'
import { usePreferences } from '../app/preferences.ts'
import { useKeys } from '../app/use-keys.ts'
import { useNow } from '../app/use-now.ts'
import { useRead } from '../app/use-read.ts'
import { Tip } from './tip.tsx'
import './live-dot.css'

/** How fresh the page is, in words and a shape; a press or `L` has nothing change by itself. */
export function LiveDot() {
  const state = useLiveState()
  const { status, paused } = state
  const { zone } = usePreferences()
  const read = useRead()
  const now = useNow()
  const toggle = () => pauseLive(!paused)
  useKeys({ 'pause-live': toggle })
  return (
    <Tip text={paused ? 'Go on with live updates' : 'Pause live updates'} keys="l">
      {(describedBy) => (
        <button
          type="button"
          className="plain live"
          aria-pressed={paused}
          aria-describedby={describedBy}
          onClick={toggle}
        >
          <span className={`dot dot-${paused ? 'paused' : status}`} aria-hidden="true" />
          <span className="number">{freshWords(state, read, now, zone)}</span>
        </button>
      )}
    </Tip>
  )
}
