import type { Probe } from '@restyle/shared/store/probe'
import { type Finding, ok, refuse, warn } from './finding.ts'

/** Requests are refused when the clocks are a quarter of an hour apart; well before that somebody should look. */
const skewLimitMs = 60_000

/** Whether the bucket can hold receipts: it must be there, and it must never overwrite what it was asked to create. */
export function lookAtBucket(probe: Probe, receipts: 'on' | 'off'): Finding[] {
  if (probe.fault !== undefined)
    return [warn('bucket', `is not usable now (${probe.fault.message}): nothing is submitted until it is`)]
  const skew = probe.clockSkewMs ?? 0
  return [
    ok('bucket', 'can be written to'),
    probe.conditionalPut
      ? ok('conditional PUT', 'what is there is never overwritten')
      : receipts === 'on'
        ? refuse(
            'conditional PUT',
            'the bucket ignores If-None-Match, so receipts fence nothing: use another store, or RESTYLE_RECEIPTS=off, which may bill twice after a failover',
          )
        : warn(
            'conditional PUT',
            'the bucket ignores If-None-Match, and receipts are off: a failover may bill twice',
          ),
    Math.abs(skew) < skewLimitMs
      ? ok('clock', `${Math.round(Math.abs(skew) / 1000)} s from the bucket's`)
      : warn('clock', `${Math.round(skew / 1000)} s from the bucket's: set this machine's clock`),
  ]
}
