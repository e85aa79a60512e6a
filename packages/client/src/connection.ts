import { ApiError } from './api-error.ts'
import { anyOf, ask, stream, type Call, type CallOptions, type Wire } from './exchange.ts'
import { openAddress, type Opened, type OpenOptions } from './open-address.ts'
import { retryTransient, type RetryPolicy } from './retry.ts'
import { silenceOf, wait } from './silence.ts'

/** By what a call is let in: a key, or in a browser the session that its cookie names. */
export type Admission =
  | {
      /** `rk_<keyId>_<secret>`. */
      key: string
      session?: never
    }
  | { key?: never; session: true }

/** Where the producer is, and the outside world as arguments. */
export type ClientOptions = Admission & {
  /** `https://restyle.example`, with a path where a proxy wants one. */
  url: string
  /** Ends every call of the client. */
  signal?: AbortSignal
  /** Default: `retryTransient`. */
  retry?: RetryPolicy
  fetch?: typeof fetch
  /** Waits before a repeat; rejects when the signal is aborted. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** Makes the Idempotency-Key of a call that names none. Default: a random UUID. */
  newKey?: () => string
}

/** What the calls of a client share. */
export type Connection = {
  url: string
  newKey: () => string
  /** Waits until `ms` have passed; rejects when a signal is aborted. */
  wait: (ms: number, options: CallOptions) => Promise<unknown>
  /** The body of a success, after repeats where the policy asks for them. Throws `ApiError`. */
  send: (call: Call) => Promise<string>
  /** Opens an address that is not the producer's, without its key. */
  open: (address: string, options: OpenOptions) => Promise<Opened>
  /** The body of a success while it comes, asked for once. Throws `ApiError`. */
  stream: (call: Call) => AsyncGenerator<Uint8Array>
}

/** A page of another host cannot send the header of a session, which the producer asks for beside its cookie. */
const admissionOf = ({ key, session }: Admission): Record<string, string> =>
  session === true ? { 'x-restyle-console': '1' } : { authorization: `Bearer ${key}` }

/** Asks nothing yet. Throws a `TypeError` where the address is not a URL. */
export function connect(options: ClientOptions): Connection {
  const { signal, retry = retryTransient, wait: pause = wait } = options
  const url = new URL(options.url).href.replace(/\/+$/, '')
  const outside = options.fetch ?? fetch
  // a browser's `fetch` asks to be called on nothing
  const wire: Wire = {
    url,
    admission: admissionOf(options),
    signal,
    fetch: (...asked) => outside(...asked),
    silenceOf,
  }
  const waitFor: Connection['wait'] = (ms, call) => pause(ms, anyOf(signal, call.signal))
  return {
    url,
    newKey: options.newKey ?? (() => crypto.randomUUID()),
    wait: waitFor,
    async send(call) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await ask(wire, call)
        } catch (error) {
          const ms = error instanceof ApiError ? retry(error, attempt) : undefined
          if (ms === undefined) throw error
          await waitFor(ms, call)
        }
      }
    },
    open: (address, call) => openAddress(wire, address, call),
    stream: (call) => stream(wire, call),
  }
}
