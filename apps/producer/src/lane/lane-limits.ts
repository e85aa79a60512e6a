import type { LaneNow } from '@restyle/shared/ledger/lane-figures'
import type { LaneHolds } from '@restyle/shared/ledger/lane-service'
import type { Pause } from '@restyle/shared/ledger/lanes'

/** Why less than what is configured goes. `throttled` ends by itself, at `until` (epoch ms). */
export const whyLess = [
  'no-worker',
  'person',
  'vendor',
  'bucket',
  'copies',
  'uncertain',
  'throttled',
] as const
type LessBecause = { code: (typeof whyLess)[number]; detail: string; until?: number }

/** Calls a second: what goes now, and what is configured. */
export type Limit = { perSecond: number; configured: number; because?: LessBecause }

/** What is known of a lane at one moment (`now`: epoch ms, Redis's clock). */
export type LimitFacts = {
  now: number
  submitPerSecond: number
  /** Whether the vendor's answers name the prompt, so that an uncertain submit holds back the edits like it alone. */
  echoesPrompt: boolean
  served: 'asks' | 'bucket' | undefined
  isStopped: boolean
  pause: Pause | undefined
  bucketPause: Pause | undefined
  holds: LaneHolds
  figures: LaneNow | undefined
}

/** What is submitted to a lane in a second at most. It is all that is configured, or nothing, and then it says why. */
export function submitLimit(facts: LimitFacts): Limit {
  const { submitPerSecond: configured } = facts
  const because = holdOf(facts)
  return because === undefined ? { perSecond: configured, configured } : { perSecond: 0, configured, because }
}

/** How often the vendor is asked in a second at most, by all lanes of the account; undefined where no worker has said. */
export function queryLimit({ now, holds, figures }: LimitFacts): Limit | undefined {
  if (figures === undefined) return undefined
  const configured = figures.queryPerSecond
  const because = quietUntil(holds.queryAt, now, configured, figures)
  return because === undefined ? { perSecond: configured, configured } : { perSecond: 0, configured, because }
}

function holdOf(facts: LimitFacts): LessBecause | undefined {
  const { served, isStopped, pause, bucketPause, holds, figures, echoesPrompt } = facts
  if (served === undefined)
    return { code: 'no-worker', detail: 'No worker runs for it. It goes on when one is started.' }
  if (isStopped) return { code: 'person', detail: 'A person has paused it.' }
  if (pause !== undefined)
    return { code: 'vendor', detail: `The vendor refused it: ${pause.code}. One edit tries each minute.` }
  if (bucketPause !== undefined)
    return { code: 'bucket', detail: `The bucket refuses us: ${bucketPause.code}.` }
  if (served === 'bucket')
    return { code: 'bucket', detail: 'The workers cannot rely on the bucket now: see restyle doctor.' }
  if (figures !== undefined && holds.rendered >= figures.copiesBehind)
    return {
      code: 'copies',
      detail: `${holds.rendered} rendered edits wait for their copies: it goes on below ${figures.copiesBehind}.`,
    }
  if (holds.inDoubt && !echoesPrompt)
    return {
      code: 'uncertain',
      detail:
        'A submit without a known outcome is looked up first: answers of this model do not say which edit they belong to.',
    }
  return quietUntil(holds.submitAt, facts.now, facts.submitPerSecond, figures)
}

/** A limiter gives the next call a place a moment ahead: it is quiet beyond that only where the vendor asked for it. */
const usualMs = (perSecond: number): number => 1_200 / perSecond + 250

function quietUntil(
  at: number,
  now: number,
  perSecond: number,
  figures: LaneNow | undefined,
): LessBecause | undefined {
  if (at - now <= usualMs(perSecond)) return undefined
  const code = figures?.throttled.last?.code
  return {
    code: 'throttled',
    detail: `The vendor had enough for the moment${code === undefined ? '' : ` (${code})`}. It goes on by itself.`,
    until: Math.round(at),
  }
}
