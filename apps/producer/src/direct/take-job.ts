import type { EditRefused } from '@restyle/shared/contract/edit-refused'
import { RestyleError } from '@restyle/shared/errors'
import { idFromKey } from '@restyle/shared/ids'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { ApiKeys } from '../http/api-keys.ts'
import { reusedKey, traceOf } from '../http/intake-headers.ts'
import { Problem, type ProblemCode } from '../http/problem.ts'
import { isAway } from '../http/problem-of.ts'
import { faultInBody } from '../http/validate.ts'
import { acceptEdit } from '../intake/accept-edit.ts'
import type { IntakeTools } from '../intake/tools.ts'
import type { PlainJob } from './plain-jobs.ts'
import { type DirectJob, readEditText, readJob } from './read-job.ts'

export type DirectTools = {
  intake: IntakeTools
  ledger: Pick<Ledger, 'tellRefused'>
  apiKeys: Pick<ApiKeys, 'verifySigned'>
  log: Log
}

/** What became of a job. `dead`: nobody can be told of it, because nobody knows whose it is. */
export type Taken =
  | { kind: 'accepted'; edit: string }
  | { kind: 'refused'; edit: string; code: string; detail: string }
  | { kind: 'dead'; why: string }

/** A refusal before it is told. */
type Refusal = Pick<EditRefused, 'code' | 'detail' | 'errors'>

/** An event is no place for a hundred faults. */
const toldFaults = 20

/**
 * Takes one job as `POST /v1/edits` takes a request: the same checks, the same edit, once for its key. A refusal is told on the
 * producer's stream. Throws where Redis or the bucket is away (`isTransient`): the same job may be taken in a moment.
 */
export async function takeJob(plain: PlainJob, tools: DirectTools): Promise<Taken> {
  const read = readJob(plain)
  if (read.kind === 'dead') return read
  const { job } = read
  const { producer, idempotencyKey } = job
  const holder = await tools.apiKeys.verifySigned(job.key, signedText(job), job.signature)
  // whoever signs for another must not write into its stream
  if (holder === undefined || holder.producer !== producer)
    return { kind: 'dead', why: `its signature is not that of a live key of the producer it names` }
  const edit = idFromKey('edit', producer, idempotencyKey)
  const outcome = holder.scopes.includes('edits:write')
    ? await accept(job, tools)
    : refuse('forbidden', 'This needs a key with the scope edits:write, which yours does not have.')
  if (outcome === undefined) return { kind: 'accepted', edit }
  await tools.ledger.tellRefused(
    producer,
    { edit, idempotencyKey, ...outcome },
    traceOf(job.traceparent).traceparent,
  )
  return { kind: 'refused', edit, code: outcome.code, detail: outcome.detail }
}

/** What a signature covers. */
export const signedText = ({ producer, idempotencyKey, edit }: DirectJob): string =>
  `${producer}\n${idempotencyKey}\n${edit}`

const refuse = (code: ProblemCode, detail: string, errors?: EditRefused['errors']): Refusal => ({
  code,
  detail,
  ...(errors === undefined ? {} : { errors: errors.slice(0, toldFaults) }),
})

async function accept(job: DirectJob, { intake, log }: DirectTools): Promise<Refusal | undefined> {
  const { producer, idempotencyKey } = job
  const text = readEditText(job.edit)
  if (text.kind === 'fault') return refuse('malformed-request', text.detail)
  try {
    const asked = { producer, edit: text.value, idempotencyKey, ...traceOf(job.traceparent) }
    const outcome = await acceptEdit(intake, asked)
    switch (outcome.kind) {
      case 'accepted':
      case 'replayed':
        return undefined
      case 'conflict':
        return refuse('idempotency-conflict', reusedKey(outcome.id).message)
      case 'unfinished':
        throw new RestyleError('LookedUp', 'more pictures are to be looked up', {})
      case 'refused': {
        const faults = outcome.faults.first.map((fault) => faultInBody(fault))
        const { message } = Problem.ofFaults('invalid-request', faults, outcome.faults.total)
        return refuse('invalid-request', message, faults)
      }
    }
  } catch (error) {
    if (isTransient(error)) throw error
    if (error instanceof RestyleError && error.code === 'Unreadable')
      return refuse('unreadable', 'An edit of this key is there, and its record cannot be read.')
    log.error({ err: error, producer }, 'job of the intake queue failed')
    return refuse('internal', 'The fault is ours and has been noted. Send it again under the same key.')
  }
}

const waits = new Set(['BucketClosed', 'RedisFull', 'LookedUp', 'TooManyOpen'])

/** Whether the same job may be taken in a moment. */
export const isTransient = (error: unknown): boolean =>
  isAway(error) || (error instanceof RestyleError && waits.has(error.code))
