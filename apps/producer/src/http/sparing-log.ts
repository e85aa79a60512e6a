import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { outageOf } from '@restyle/shared/redis/outage'

/** Warns of something that every caller may bring about, as often as it likes. */
export type SparingLog = (facts: { error: unknown; [fact: string]: unknown }, says: string) => void

/** Like warnings are one line in this time (ms). */
const onceInMs = 60_000

/** Kinds of warnings are few: routes and codes of ours. */
const mostRemembered = 1_000

/**
 * The first of its kind is a warning, and the next one after a minute, with the number of those `untold` between; the
 * others are debug lines. A kind is what is said, where, and the code of the error. That Redis is away or nearly full is
 * told where it begins, and by nobody else.
 */
export function sparingLog(log: Log, now: () => number = () => performance.now()): SparingLog {
  const told = new Map<string, { at: number; untold: number }>()
  return (facts, says) => {
    const { error, route = '', check = '' } = facts
    if (isToldElsewhere(error)) return log.debug(facts, says)
    const kind = [says, route, check, codeOf(error)].join(' ')
    const last = told.get(kind)
    if (last !== undefined && now() - last.at < onceInMs) {
      last.untold += 1
      return log.debug(facts, says)
    }
    if (told.size >= mostRemembered) told.clear()
    told.set(kind, { at: now(), untold: 0 })
    const { untold = 0 } = last ?? {}
    return log.warn(untold === 0 ? facts : { ...facts, untold }, says)
  }
}

const isToldElsewhere = (error: unknown): boolean =>
  outageOf(error) !== undefined || (error instanceof RestyleError && error.code === 'RedisFull')

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
