import { clock, duration } from './format.ts'
import type { LiveState } from './live.ts'

/** Something that a page shows: when it was read (epoch ms), and how often it is read again by itself (ms), if it is. */
export type Read = { at: number; everyMs: number | undefined }

/** Of all that a page shows what is read again by itself, else all of it: the oldest. */
export function oldestOf(reads: readonly Read[]): Read | undefined {
  const again = reads.filter(({ everyMs }) => everyMs !== undefined)
  const [oldest] = (again.length > 0 ? again : reads).toSorted((a, b) => a.at - b.at)
  return oldest
}

/** How fresh a page is. `now`: epoch ms; `zone`: as `clock` takes it. */
export function freshWords(
  { status, heardAt, paused }: LiveState,
  read: Read | undefined,
  now: number,
  zone: string,
): string {
  const age = (at: number) => `${duration(now - at)} ago`
  if (paused) {
    const at = Math.max(heardAt ?? 0, read?.at ?? 0)
    // an age would stand still
    return at === 0 ? 'paused' : `paused, data of ${clock(at, zone)}`
  }
  // what is read again meanwhile is newer
  const known = Math.max(heardAt ?? 0, read?.everyMs === undefined ? 0 : read.at)
  switch (status) {
    case 'opening':
      return 'connecting…'
    case 'live':
      return 'live'
    case 'lost':
      return known === 0 ? 'reconnecting' : `reconnecting, data of ${age(known)}`
    case 'off':
      if (read === undefined) return 'not live'
      return `read ${age(read.at)}${read.everyMs === undefined ? '' : `, every ${duration(read.everyMs)}`}`
  }
}
