import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { outageOf } from '@restyle/shared/redis/outage'
import { sparingly } from '@restyle/shared/sparingly'

/** Warns of something that every caller may bring about, as often as it likes. */
export type SparingLog = (facts: { error: unknown; [fact: string]: unknown }, says: string) => void

/**
 * The first of its kind is a warning, and the next one after a minute, with the number of those `untold` between; the
 * others are debug lines. A kind is what is said, where, and the code of the error. That Redis is away or nearly full is
 * told where it begins, and by nobody else.
 */
export function sparingLog(log: Log, now?: () => number): SparingLog {
  const leftOut = sparingly(now)
  return (facts, says) => {
    const { error, route = '', check = '' } = facts
    if (isToldElsewhere(error)) return log.debug(facts, says)
    const untold = leftOut([says, route, check, codeOf(error)].join(' '))
    if (untold === undefined) return log.debug(facts, says)
    return log.warn(untold === 0 ? facts : { ...facts, untold }, says)
  }
}

const isToldElsewhere = (error: unknown): boolean =>
  outageOf(error) !== undefined || (error instanceof RestyleError && error.code === 'RedisFull')

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
