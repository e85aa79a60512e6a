import { duration } from '../app/format.ts'
import { pauseLive, useLiveState } from '../app/live.ts'
import { useKeys } from '../app/use-keys.ts'
import { useNow } from '../app/use-now.ts'
import { Tip } from './tip.tsx'
import './live-dot.css'

/** How fresh the page is, in words and a shape; a press or `L` has nothing change by itself. */
export function LiveDot() {
  const { status, heardAt, paused } = useLiveState()
  const now = useNow()
  const toggle = () => pauseLive(!paused)
  useKeys({ 'pause-live': toggle })
  const age = heardAt === undefined ? undefined : Math.max(0, now - heardAt)
  const kind = paused ? 'paused' : status
  const old = age === undefined ? '' : `, data of ${duration(age)} ago`
  const words = {
    off: 'not live',
    opening: 'connecting…',
    live: 'live',
    lost: `reconnecting${old}`,
    paused: `paused${old}`,
  }[kind]
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
          <span className={`dot dot-${kind}`} aria-hidden="true" />
          <span>{words}</span>
        </button>
      )}
    </Tip>
  )
}
