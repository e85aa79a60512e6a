import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { intake, type IntakeOptions } from './intake.ts'
import { readUntil, type WaitOptions } from './read-until.ts'
import type { Operation, Verdict, VerdictRequest, VerdictsRequest } from './types.ts'

/** `ifMatch`: the tag of an earlier answer; refused (`precondition-failed`) where somebody has decided since. */
export type VerdictOptions = CallOptions & { ifMatch?: string }

/** What persons think of results. */
export const verdicts = (connection: Connection) => ({
  /** What is said of an edit; `verdict` is null where nothing is. */
  read: (editId: string, options: CallOptions = {}): Promise<Verdict> =>
    call(connection, 'get', '/v1/edits/{id}/verdict', { ...options, params: { id: editId }, has: 'verdict' }),

  /** The same with its tag, which `set` takes as `ifMatch`. */
  readTagged: async (
    editId: string,
    options: CallOptions = {},
  ): Promise<{ verdict: Verdict; tag: string | undefined }> => {
    let tag: string | undefined
    const verdict = await call(connection, 'get', '/v1/edits/{id}/verdict', {
      ...options,
      params: { id: editId },
      has: 'verdict',
      onAnswer: (headers) => {
        tag = headers.get('etag') ?? undefined
      },
    })
    return { verdict, tag }
  },

  /** Says something of an edit that has succeeded; `verdict: null` takes back what was said. */
  set: (
    editId: string,
    request: VerdictRequest,
    { ifMatch, ...options }: VerdictOptions = {},
  ): Promise<Verdict> =>
    call(connection, 'put', '/v1/edits/{id}/verdict', {
      ...options,
      params: { id: editId },
      json: request,
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      has: 'verdict',
    }),

  /** Judges many rows of a batch, as an operation that goes on by itself. */
  judge: (batch: string, request: VerdictsRequest, options: IntakeOptions = {}): Promise<Operation> =>
    call(connection, 'post', '/v1/batches/{id}/verdicts', {
      ...intake(connection, options),
      params: { id: batch },
      json: request,
      has: 'state',
    }),

  operation: (id: string, options: CallOptions = {}): Promise<Operation> =>
    call(connection, 'get', '/v1/operations/{id}', { ...options, params: { id }, has: 'state' }),

  /** The operation as soon as it has ended, or is undone. */
  wait: (id: string, options: WaitOptions<Operation> = {}): Promise<Operation> =>
    readUntil(
      connection,
      (rest) => call(connection, 'get', '/v1/operations/{id}', { ...rest, params: { id }, has: 'state' }),
      ({ state }) => state !== 'running' && state !== 'undoing',
      { longestMs: 1_000, ...options },
    ),

  /** Ends it where it is. */
  abort: (id: string, options: CallOptions = {}): Promise<Operation> =>
    call(connection, 'post', '/v1/operations/{id}/abort', { ...options, params: { id }, has: 'state' }),

  /** Gives the rows back what they had before, but for those that were judged since. */
  undo: (id: string, options: CallOptions = {}): Promise<Operation> =>
    call(connection, 'post', '/v1/operations/{id}/undo', { ...options, params: { id }, has: 'state' }),
})
