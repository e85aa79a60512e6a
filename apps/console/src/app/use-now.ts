import { useEffect, useState } from 'react'

/** The time (epoch ms), anew every so many ms; `false`: it stands still. */
export function useNow(everyMs: number | false = 1_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (everyMs === false) return
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
