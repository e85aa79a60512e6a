import type { Batch } from '@restyle/client/types'
import { useEffect, useRef, useState } from 'react'
import { announce, type Announced, tallyOf } from '../app/announce.ts'
import { useLiveState } from '../app/live.ts'

/** Tells who hears the page what goes on in these batches while it is live, now and then. */
export function Announcer({ batches }: { batches: readonly Batch[] }) {
  const { status } = useLiveState()
  const known = useRef<Announced>(undefined)
  const [said, setSaid] = useState({ number: 0, words: '' })
  useEffect(() => {
    if (status !== 'live') return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      const { next, say, againMs } = announce(known.current, tallyOf(batches), Date.now())
      known.current = next
      if (say !== undefined) setSaid(({ number }) => ({ number: number + 1, words: say }))
      if (againMs !== undefined) timer = setTimeout(look, againMs)
    }
    look()
    return () => clearTimeout(timer)
  }, [batches, status])
  return (
    <p className="unseen" role="status" aria-label="What goes on">
      {/* the same words once more are heard again */}
      <span key={said.number}>{said.words}</span>
    </p>
  )
}
