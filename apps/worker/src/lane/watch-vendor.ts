import type { DashScope } from '@restyle/dashscope/client'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Log } from '@restyle/shared/log'

/** For how long (ms) the vendor may be silent before a person is called. */
const silentMs = 5 * 60_000

/** What one call says of the way to the vendor; nothing where it was not made. */
type Heard = { answers?: boolean; code: string; said: string }

/** Calls without an answer between them. A pause longer than `gapMs` begins them anew: nobody asked meanwhile. */
type Row = { since: number; last: number; calls: number; told: boolean }

const gapMs = 30 * 60_000
const fewestCalls = 3

/**
 * The same client, listened to. One query without an answer is nothing; when the vendor cannot be reached at all, be it
 * for a submit or a question, a person is called, once for each change. Nothing that passes is changed.
 */
export function watchVendor(
  client: DashScope,
  lane: string,
  log: Log,
  now: () => number = Date.now,
): DashScope {
  let silence: Row | undefined

  const hear = ({ answers, code, said }: Heard): void => {
    if (answers === undefined) return
    if (answers) {
      if (silence?.told === true) log.info({ lane }, 'vendor answers again')
      silence = undefined
      return
    }
    silence = further(silence, now())
    if (!isOver(silence, now())) return
    silence.told = true
    log.error({ lane, code, said, calls: silence.calls }, 'vendor has not been reached for minutes')
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

const isOver = ({ told, calls, since }: Row, at: number): boolean =>
  !told && calls >= fewestCalls && at - since >= silentMs

const ofAnswer = (answer: { kind: string } | Unanswered): Heard =>
  'action' in answer
    ? { answers: answer.httpStatus !== undefined, code: answer.code, said: answer.message }
    : { answers: true, code: '', said: '' }

function ofSubmit(outcome: SubmitOutcome): Heard {
  if (outcome.kind === 'accepted') return { answers: true, code: '', said: '' }
  const { kind, code = kind, httpStatus } = outcome
  const words = { code, said: outcome.kind === 'unknown' ? outcome.detail : outcome.message }
  // we were too late ourselves: nothing was asked
  return code === 'TooLate' ? words : { ...words, answers: httpStatus !== undefined }
}
