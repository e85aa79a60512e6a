import type { DashScope } from '@restyle/dashscope/client'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Log } from '@restyle/shared/log'

/** For how long (ms) the vendor may be silent, or take no submit, before a person is called. */
export type VendorPatience = { silentMs: number; takenMs: number }

export const defaultPatience: VendorPatience = { silentMs: 5 * 60_000, takenMs: 15 * 60_000 }

/** What one call says: of the way to the vendor, and of whether it takes submits. */
type Heard = { answers?: boolean; takes?: boolean; code: string; said: string }

/** Failures without a good answer between them. A pause longer than `gapMs` begins them anew: nobody asked meanwhile. */
type Row = { since: number; last: number; calls: number; told: boolean }

const gapMs = 30 * 60_000
const fewestCalls = 3

/**
 * The same client, listened to. One edit's failure is its own matter; when the vendor cannot be reached at all, or takes
 * no submit any more, a person is called, once for each change. Nothing that passes is changed.
 */
export function watchVendor(
  client: DashScope,
  lane: string,
  log: Log,
  patience: VendorPatience = defaultPatience,
  now: () => number = Date.now,
): DashScope {
  let silence: Row | undefined
  let refusals: Row | undefined

  const hear = ({ answers, takes, code, said }: Heard): void => {
    const facts = { lane, code, said }
    if (answers === true) {
      if (silence?.told === true) log.info({ lane }, 'vendor answers again')
      silence = undefined
    }
    if (answers === false) {
      silence = further(silence, now())
      if (isOver(silence, patience.silentMs, now())) {
        silence.told = true
        log.error({ ...facts, calls: silence.calls }, 'vendor has not been reached for minutes')
      }
    }
    if (takes === true) {
      if (refusals?.told === true) log.info({ lane }, 'vendor takes submits again')
      refusals = undefined
    }
    if (takes === false) {
      refusals = further(refusals, now())
      if (isOver(refusals, patience.takenMs, now())) {
        refusals.told = true
        log.error({ ...facts, calls: refusals.calls }, 'vendor takes no submit, and has not for long')
      }
    }
  }
  const asked = <T extends { kind: string } | Unanswered>(answer: T): T => {
    hear(ofAnswer(answer))
    return answer
  }
  return {
    ...client,
    submit: async (...call) => {
      const outcome = await client.submit(...call)
      hear(ofSubmit(outcome))
      return outcome
    },
    task: async (...call) => asked(await client.task(...call)),
    list: async (...call) => asked(await client.list(...call)),
    uploadPolicy: async (...call) => asked(await client.uploadPolicy(...call)),
  }
}

function further(row: Row | undefined, at: number): Row {
  const known = row !== undefined && at - row.last < gapMs ? row : { since: at, calls: 0, told: false }
  return { ...known, last: at, calls: known.calls + 1 }
}

const isOver = (row: Row, patienceMs: number, at: number): boolean =>
  !row.told && row.calls >= fewestCalls && at - row.since >= patienceMs

const ofAnswer = (answer: { kind: string } | Unanswered): Heard =>
  'action' in answer
    ? { answers: answer.httpStatus !== undefined, code: answer.code, said: answer.message }
    : { answers: true, code: '', said: '' }

/** A refusal for the edit's own input shows that submits are taken; one of the account pauses the lane, with a line of its own. */
function ofSubmit(outcome: SubmitOutcome): Heard {
  if (outcome.kind === 'accepted') return { answers: true, takes: true, code: '', said: '' }
  const said = (outcome.kind === 'unknown' ? outcome.detail : outcome.message) ?? ''
  const words = { code: outcome.code ?? (outcome.kind === 'unknown' ? outcome.cause : ''), said }
  // we were too late ourselves: nothing was asked
  if (outcome.code === 'TooLate') return words
  if (outcome.httpStatus === undefined) return { ...words, answers: false }
  if (outcome.kind === 'unknown' || outcome.action === 'retryLater')
    return { ...words, answers: true, takes: false }
  return outcome.action === 'pauseLane'
    ? { ...words, answers: true }
    : { ...words, answers: true, takes: true }
}
