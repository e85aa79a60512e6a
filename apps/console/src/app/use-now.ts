import { useEffect, useRef, useState } from 'react'
import { useLiveState } from './live.ts'

/** The time (epoch ms), anew every so many ms; it stands still while live updates are paused. */
export function useNow(everyMs = 1_000): number {
  const { paused } = useLiveState()
  const [now, setNow] = useState(Date.now)
  const stood = useRef(false)
  useEffect(() => {
    if (paused) {
      stood.current = true
      return
    }
    const tick = () => setNow(Date.now())
    const timer = setInterval(tick, everyMs)
    // after a pause the time has gone on
    const first = stood.current ? setTimeout(tick) : undefined
    stood.current = false
    return () => {
      clearInterval(timer)
      clearTimeout(first)
    }
  }, [everyMs, paused])
  return now
}
