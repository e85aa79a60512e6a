import { ApiError, type ErrorFacts } from './api-error.ts'
import { readRefusal } from './read-refusal.ts'
import { readRetryAfter } from './retry.ts'
import type { Silence } from './silence.ts'

/** What every call takes. */
export type CallOptions = { signal?: AbortSignal }

/** One call; `path` begins with `/v1` and holds its query. */
export type Call = CallOptions & {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string | Blob | Uint8Array<ArrayBuffer>
  /** How long to wait for the whole answer, or for the next piece of a stream; default 60,000. */
  timeoutMs?: number
  /** Hears the headers of a success before its body. */
  onAnswer?: (headers: Headers) => void
}

/** Whom to ask, and how. `url` has no slash at its end; `signal` ends every call, `silenceOf` one that takes too long. */
export type Wire = {
  url: string
  /** The headers that let a call in. */
  admission: Readonly<Record<string, string>>
  signal: AbortSignal | undefined
  fetch: typeof fetch
  silenceOf: (ms: number) => Silence
}

const defaultTimeoutMs = 60_000

/**
 * Asks once and reads the whole answer. Throws `ApiError`, or the reason of an aborted signal, or a `TypeError` where a
 * header holds what HTTP cannot carry.
 */
export async function ask(wire: Wire, call: Call): Promise<string> {
  const headers = headersOf(wire, call)
  const quiet = wire.silenceOf(call.timeoutMs ?? defaultTimeoutMs)
  quiet.start()
  try {
    const response = await request(wire, call, headers, [quiet.signal])
    call.onAnswer?.(response.headers)
    return await response.text()
  } catch (error) {
    throw failed(wire, call, error)
  } finally {
    quiet.stop()
  }
}

/** Asks once and gives the answer piece by piece while it comes. Throws like `ask`, also when no piece comes in time. */
export async function* stream(wire: Wire, call: Call): AsyncGenerator<Uint8Array> {
  const headers = headersOf(wire, call)
  const quiet = wire.silenceOf(call.timeoutMs ?? defaultTimeoutMs)
  const over = new AbortController()
  try {
    quiet.start()
    const response = await request(wire, call, headers, [quiet.signal, over.signal])
    call.onAnswer?.(response.headers)
    const reader = response.body?.getReader()
    while (reader !== undefined) {
      quiet.start()
      const { done, value } = await reader.read()
      // the time that the caller takes for a piece does not count
      quiet.stop()
      if (done) return
      yield value
    }
  } catch (error) {
    throw failed(wire, call, error)
  } finally {
    quiet.stop()
    over.abort()
  }
}

const headersOf = ({ admission }: Wire, { headers }: Call): Headers =>
  new Headers({ ...admission, ...headers })

async function request(
  { url, signal, fetch }: Wire,
  call: Call,
  headers: Headers,
  ends: readonly AbortSignal[],
): Promise<Response> {
  const { method, path, body } = call
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    // the key is meant for this address and no other
    redirect: 'manual',
    signal: anyOf(signal, call.signal, ...ends),
  })
  if (response.ok) return response
  const { headers: answered, status } = response
  // a date is one of the producer's clock
  const sentAt = Date.parse(answered.get('date') ?? '')
  const retryAfterMs = readRetryAfter(answered.get('retry-after'), Number.isNaN(sentAt) ? Date.now() : sentAt)
  const requestId = answered.get('x-request-id')
  throw readRefusal(url, await response.text(), {
    ...factsOf(call),
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(requestId === null ? {} : { requestId }),
  })
}

/** Aborted as soon as one of them is. */
export const anyOf = (...signals: (AbortSignal | undefined)[]): AbortSignal =>
  AbortSignal.any(signals.filter((signal) => signal !== undefined))

function factsOf({ method, path, headers }: Call): ErrorFacts {
  const idempotencyKey = headers?.['idempotency-key']
  const call = `${method} ${path.split('?', 1)[0] ?? path}`
  return { call, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
}

/** How Node and Bun say that nobody listens; a browser does not say it. */
const nobody = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ConnectionRefused']

/** The error to throw for one that came out of `fetch`. Throws the reason where the caller has aborted. */
function failed({ url, signal }: Wire, call: Call, error: unknown): ApiError {
  signal?.throwIfAborted()
  call.signal?.throwIfAborted()
  if (error instanceof ApiError) return error
  const why = reasonOf(error)
  const facts = { ...factsOf(call), cause: error }
  if (nobody.includes(why)) return new ApiError('unreachable', `nobody answers at ${url} (${why})`, facts)
  return new ApiError('no-answer', `${url} gave no answer (${why})`, facts)
}

/** The code of the error or of its cause, else its words. Not every error of `fetch` is an `Error` of this realm. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { code, cause, message } = error as { code?: unknown; cause?: unknown; message?: unknown }
  if (typeof code === 'string') return code
  return typeof cause === 'object' && cause !== null
    ? reasonOf(cause)
    : typeof message === 'string'
      ? message
      : 'unknown error'
}
