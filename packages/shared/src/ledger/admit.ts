import type { Edit, World } from '../contract/edit.ts'
import { type Answer, afterWrite, type LedgerContext } from './record.ts'

/** What a lane allows. Money in micro-currency. */
export type Admission = {
  lane: string
  /** Tasks that may run, and POSTs that may be under way, at a time. */
  running: number
  posting: number
  /** Least time between two submits. */
  submitIntervalMicros: number
  /** Rendered edits waiting to be copied beyond which nothing new is submitted. */
  maxCopyBacklog: number
  costMicros: number
  /** What a lost answer would be recognised by; two uncertain submits never share one. */
  fingerprint: string
  /** How long after the admission the POST may still be started and answered. */
  leaseMs: number
  /** Under what it is admitted, kept with the edit. */
  world?: World
}

/** `uncertain` concerns the edit alone; all others concern every edit of the lane. */
export type Wait = 'paused' | 'bucket' | 'copies' | 'slot' | 'posting' | 'uncertain' | 'token'

export type Admitted =
  | { kind: 'admitted'; edit: Edit }
  | { kind: 'wait'; reason: Wait; ms: number }
  /** Someone else has moved the edit. */
  | { kind: 'lost' }

/**
 * Lets an edit onto a lane, all or nothing: a free slot, a submit token (GCRA on Redis's clock, so that no window of a
 * second holds more than the quota), no uncertain submit that this one could be confused with, and nothing paused.
 * The slot belongs to the edit's state from then on; the move that leaves the state frees it.
 */
export async function admit({ keys, run }: LedgerContext, edit: Edit, ask: Admission): Promise<Admitted> {
  const version = String(edit.version)
  const world = ask.world === undefined ? {} : { world: JSON.stringify(ask.world) }
  const [kind, ...rest] = (await run('admit', [keys.edit(edit.id)], { version, ...ask, ...world })) as Answer
  switch (kind) {
    case 'admitted':
      return { kind, edit: afterWrite(edit, rest[0], rest[1]) }
    case 'wait':
      return { kind, reason: rest[0] as Wait, ms: Math.max(0, Number(rest[1])) }
    default:
      return { kind: 'lost' }
  }
}
