import { type Agent, Client, type buildConnector, type Dispatcher } from 'undici'
import { isOwnFault } from './own-fault.ts'

/** Why nothing usable came back. */
export type LostCause =
  | 'reset'
  | 'closed'
  | 'timeout'
  | 'aborted'
  | 'garbled'
  | 'headers'
  | 'tooLarge'
  | 'truncated'
  | 'network'
  | 'late'
  /** It could not even be built. */
  | 'unbuilt'

/** What came of one request. `cut` tells why the body ended early: the status can still be trusted, the text cannot. `sent` is false only if that is sure. */
export type Exchange =
  | {
      kind: 'answer'
      status: number
      retryAfter: string | undefined
      /** The server's clock, as its `Date` header tells it. */
      date?: string | undefined
      text: string
      cut?: LostCause | undefined
    }
  | { kind: 'nothing'; sent: boolean; cause: LostCause; detail: string }

/** A request without its origin. `deadline` in ms counts from connecting to the last byte, however busily the server drips. */
export type ExchangeRequest = {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: Dispatcher.DispatchOptions['body']
  deadline: number
  signal?: AbortSignal | undefined
  /** Asked at the last moment, with the connection open and nothing sent; a process that slept too long must not go on. */
  mayStart?: (() => boolean) | undefined
}

/** How much of an answer is read at most; HTTP/1.1, so that no stream of another request can harm this one. */
export const connectionLimits = { maxResponseSize: 1024 * 1024, maxHeaderSize: 16 * 1024, allowH2: false }

/** One request over `dispatcher`. Never throws, never follows a redirect, never sends twice. */
export async function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: ExchangeRequest,
): Promise<Exchange> {
  const { deadline, signal, mayStart: _, ...rest } = request
  const { clock, stop } = startClock(deadline)
  const lost = (error: unknown) => causeOf(error, clock, signal)
  try {
    const {
      statusCode: status,
      headers,
      body,
    } = await dispatcher.request({
      ...rest,
      origin,
      body: rest.body ?? null,
      signal: signal === undefined ? clock : AbortSignal.any([clock, signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const told = { retryAfter: [headers['retry-after']].flat()[0], date: [headers['date']].flat()[0] }
    try {
      return { kind: 'answer', status, ...told, text: await body.text() }
    } catch (error) {
      const cause = lost(error)
      const early = cause === 'reset' || cause === 'closed' ? 'truncated' : cause
      return { kind: 'answer', status, ...told, text: '', cut: early }
    }
  } catch (error) {
    return { kind: 'nothing', sent: true, cause: lost(error), detail: factsOf(error).message }
  } finally {
    stop()
  }
}

/** Not AbortSignal.timeout: that one goes off long after the answer, and an error is made for nobody. */
function startClock(ms: number): { clock: AbortSignal; stop: () => void } {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), ms)
  return { clock: late.signal, stop: () => clearTimeout(timer) }
}

/** Makes the dispatcher of one exchange; `factory` opens the connection to the other side, directly or in a proxy's tunnel. */
export type FreshNetwork = (factory: NonNullable<Agent.Options['factory']>) => Dispatcher

/** Made once: undici would make one for each connection, with its stack. */
const exchanged = new Error('the exchange is over')

/**
 * One request over a connection of its own: a kept one that the server is just closing turned a quarter of submits ambiguous for
 * nothing. Since the connection is ours alone, no connection means that nothing was sent: no name, refused, bad certificate, no tunnel,
 * too late.
 */
export async function freshExchange(
  network: FreshNetwork,
  origin: string,
  request: ExchangeRequest,
): Promise<Exchange> {
  if (request.signal?.aborted)
    return { kind: 'nothing', sent: false, cause: 'aborted', detail: 'given up before' }
  let sent = false
  let late = false
  const { clock, stop } = startClock(request.deadline)
  const over = request.signal === undefined ? clock : AbortSignal.any([clock, request.signal])
  const gate =
    (connector: buildConnector.connector): buildConnector.connector =>
    (options, done) => {
      // undici aborts no request that still waits for its connection, and a proxy may think for minutes
      const giveUp = () => done(new Error('there was no connection in time'), null)
      if (over.aborted) return giveUp()
      over.addEventListener('abort', giveUp, { once: true })
      connector(options, (...outcome) => {
        if (over.aborted) return void outcome[1]?.destroy()
        over.removeEventListener('abort', giveUp)
        if (outcome[0] === null && request.mayStart?.() === false) {
          outcome[1].destroy()
          late = true
          return done(new Error('it was too late to start'), null)
        }
        if (outcome[0] === null) sent = true
        done(...outcome)
      })
    }
  const dispatcher = network((to, options: Client.Options) => {
    const { connect } = options
    // without a connector nobody would ask whether the POST may start
    if (typeof connect !== 'function') throw new TypeError('the network brings no connector')
    return new Client(to, { ...options, ...connectionLimits, connect: gate(connect), pipelining: 0 })
  })
  try {
    const outcome = await exchange(dispatcher, origin, request)
    if (outcome.kind === 'answer') return outcome
    return { ...outcome, sent, cause: late ? 'late' : outcome.cause }
  } finally {
    stop()
    await dispatcher.destroy(exchanged)
  }
}

const causes: Readonly<Record<string, LostCause>> = {
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'closed',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'headers',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'tooLarge',
}

function causeOf(error: unknown, clock: AbortSignal, signal: AbortSignal | undefined): LostCause {
  if (signal?.aborted) return 'aborted'
  if (clock.aborted) return 'timeout'
  const { name, code } = factsOf(error)
  if (isOwnFault({ name, code })) return 'unbuilt'
  return name === 'HTTPParserError' ? 'garbled' : (causes[code] ?? 'network')
}

/** An error's words; what is thrown need not be an Error of this realm. */
function factsOf(error: unknown): { name: string; code: string; message: string } {
  const word = (key: string) => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined
    return typeof value === 'string' ? value : ''
  }
  return { name: word('name'), code: word('code'), message: word('message') }
}
