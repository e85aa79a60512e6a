import { ApiError } from './api-error.ts'
import { anyOf, type CallOptions, type Wire } from './exchange.ts'

export type OpenOptions = CallOptions & {
  /** From which byte on; what comes may begin at 0 all the same. */
  from?: number
  /** How long no byte may come (ms). */
  idleMs?: number
}

/**
 * What an address holds, while it comes: from byte `from` on. `total`: how many bytes it has in all, where that is said.
 */
export type Opened = { from: number; total: number | undefined; bytes: AsyncGenerator<Uint8Array> }

const defaultIdleMs = 60_000

/**
 * Opens a signed address. Never sends the key, which is the producer's alone. Throws `ApiError`: `refused` where the address
 * has ended or is none of an object, `no-answer`, or the reason of an aborted signal. The bytes throw the same.
 */
export async function openAddress(
  { signal, fetch, silenceOf }: Pick<Wire, 'signal' | 'fetch' | 'silenceOf'>,
  address: string,
  { from = 0, idleMs = defaultIdleMs, ...call }: OpenOptions,
): Promise<Opened> {
  const quiet = silenceOf(idleMs)
  const over = new AbortController()
  const host = hostOf(address)
  const failed = (error: unknown): unknown => {
    signal?.throwIfAborted()
    call.signal?.throwIfAborted()
    if (error instanceof ApiError) return error
    return new ApiError('no-answer', `${host} did not send all of it`, { call: 'GET', cause: error })
  }
  try {
    quiet.start()
    const response = await fetch(address, {
      // `identity`: a length and a place count the bytes of the object
      headers: { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal: anyOf(signal, call.signal, quiet.signal, over.signal),
    })
    if (response.status !== 200 && response.status !== 206)
      throw new ApiError('refused', `${host} answered ${response.status}`, {
        call: 'GET',
        status: response.status,
      })
    return { ...placeOf(response), bytes: piecesOf(response, quiet, over, failed) }
  } catch (error) {
    quiet.stop()
    over.abort()
    throw failed(error)
  }
}

/** `URL.parse` is younger than Node 20. */
function hostOf(address: string): string {
  try {
    return new URL(address).host
  } catch {
    return 'the address'
  }
}

/** Where the bytes of an answer begin. Only a 206 that names the place is a rest. */
function placeOf({ status, headers }: Response): { from: number; total: number | undefined } {
  const length = Number(headers.get('content-length') ?? NaN)
  if (status !== 206) return { from: 0, total: Number.isNaN(length) ? undefined : length }
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? []
  if (first === undefined)
    throw new ApiError('refused', 'a part came without its place', { call: 'GET', status })
  return { from: Number(first), total: total === '*' ? undefined : Number(total) }
}

async function* piecesOf(
  response: Response,
  quiet: ReturnType<Wire['silenceOf']>,
  over: AbortController,
  failed: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    while (reader !== undefined) {
      quiet.start()
      const { done, value } = await reader.read()
      quiet.stop()
      if (done) return
      yield value
    }
  } catch (error) {
    throw failed(error)
  } finally {
    quiet.stop()
    over.abort()
  }
}
