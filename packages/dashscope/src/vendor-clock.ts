/**
 * How far the vendor's clock is ahead of ours, at least and at most (ms; below 0: behind). `few`: so little was heard that
 * it may also be as ours is.
 */
export type ClockOffset = { least: number; most: number; few?: true }

type Sample = { least: number; most: number; at: number }

/** So many answers are compared, and none that is older (ms). */
const [mostSamples, keptMs] = [32, 15 * 60_000]
const fewestSamples = 3

/**
 * Learns the vendor's clock from the `Date` headers of its answers. Each says only that it was this second there, some
 * time between our question and its answer. Where answers contradict each other, several clocks answer, and all of them
 * are believed. Times in epoch ms.
 */
export function openVendorClock() {
  let samples: Sample[] = []
  return {
    note: (date: string | undefined, sentAt: number, receivedAt: number): void => {
      const told = Date.parse(date ?? '')
      if (Number.isNaN(told)) return
      const sample = { least: told - receivedAt, most: told + 1_000 - sentAt, at: receivedAt }
      samples = [...samples.filter(({ at }) => receivedAt - at < keptMs), sample].slice(-mostSamples)
    },
    /** undefined as long as nothing was heard. */
    read: (now: number): ClockOffset | undefined => {
      const fresh = samples.filter(({ at }) => now - at < keptMs)
      if (fresh.length === 0) return undefined
      const [leasts, mosts] = [fresh.map(({ least }) => least), fresh.map(({ most }) => most)]
      if (fresh.length < fewestSamples)
        return { least: Math.min(0, ...leasts), most: Math.max(0, ...mosts), few: true }
      const [least, most] = [Math.max(...leasts), Math.min(...mosts)]
      return least <= most ? { least, most } : { least: Math.min(...leasts), most: Math.max(...mosts) }
    },
  }
}
