import type { Download } from './download.ts'
import { afterDownload, fullWidth } from './download-pace.ts'

/** The places of this process for downloads, counted in images. */
export type DownloadPlaces = {
  /** Downloads when there is a place. The image whose address dies first (epoch ms) is the next to get one. */
  run(diesAt: number, work: () => Promise<Download>, signal: AbortSignal): Promise<Download>
  readonly width: number
}

type Waiting = { diesAt: number; start: () => void }

/** `most` places, fewer while downloads are too slow (see download-pace.ts). `now` in ms, of any clock. */
export function openDownloadPlaces(
  most: number,
  now: () => number = () => performance.now(),
): DownloadPlaces {
  let pace = fullWidth(most)
  let taken = 0
  const waiting: Waiting[] = []

  const next = (): void => {
    while (taken < pace.width) {
      const first = waiting.toSorted((a, b) => a.diesAt - b.diesAt)[0]
      if (first === undefined) return
      waiting.splice(waiting.indexOf(first), 1)
      taken += 1
      first.start()
    }
  }
  /** False where the signal came before a place did. */
  const place = (diesAt: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((done) => {
      if (signal.aborted) return done(false)
      const giveUp = () => {
        waiting.splice(waiting.indexOf(entry), 1)
        done(false)
      }
      const start = () => {
        signal.removeEventListener('abort', giveUp)
        done(true)
      }
      const entry = { diesAt, start }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(entry)
      next()
    })

  return {
    run: async (diesAt, work, signal) => {
      if (!(await place(diesAt, signal)))
        return { kind: 'again', code: 'Aborted', detail: 'we were asked to stop' }
      const beganAt = now()
      try {
        const outcome = await work()
        pace = afterDownload(pace, { ...outcome, beganAt, now: now() }, most)
        return outcome
      } finally {
        taken -= 1
        next()
      }
    },
    get width() {
      return pace.width
    },
  }
}
