import type { Unanswered } from '@restyle/dashscope/unanswered'
import { bounds } from '@restyle/shared/contract/bounds'
import type { Looks } from '@restyle/shared/contract/edit'

/**
 * Why a look told nothing: the vendor refuses or garbles the answer, it refuses the account, no lane leads to where the
 * edit was submitted, or nobody answered, which passes.
 */
export type Untold = 'refused' | 'account' | 'unreachable' | 'silent'

/** What follows: look again in `inMs` and remember `looks`, raising the alarm if `alarms`; or hold the edit. */
export type LookVerdict = { kind: 'again'; looks: Looks; inMs: number; alarms: boolean } | { kind: 'hold' }

const { most } = bounds.uncertain

/** Over how long looks must have failed before the edit is held. What nobody answers is looked at until it is too old. */
const patienceMs: Readonly<Record<Untold, number>> = {
  refused: most.refusedMs,
  account: most.accountMs,
  unreachable: most.unreachableMs,
  silent: Infinity,
}

export function untoldOf({ action, code }: Pick<Unanswered, 'action' | 'code'>): Untold {
  if (action === 'pauseLane') return 'account'
  return action === 'refused' || code === 'Garbled' || code === 'WrongTask' ? 'refused' : 'silent'
}

/** Counts one more look in a row that told nothing; `now` in epoch ms. The next one comes after 2 s, doubling to a minute. */
export function countLook(before: Looks | undefined, why: Untold, now: number): LookVerdict {
  const like = before?.why === why ? before : { why, times: 0, since: now }
  const looks = { ...like, times: like.times + 1 }
  const overMs = now - looks.since
  if (looks.times >= most.looks && overMs >= patienceMs[why]) return { kind: 'hold' }
  const due = why !== 'silent' ? looks.times >= most.alarmLooks : overMs >= most.alarmSilentMs
  const alarms = due && looks.alarmed !== true
  const inMs = Math.min(60_000, 1_000 * 2 ** Math.min(looks.times, 10))
  return { kind: 'again', looks: alarms ? { ...looks, alarmed: true } : looks, inMs, alarms }
}
