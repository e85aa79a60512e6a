import { createClient, type Client } from '@restyle/client/client'
import type { ClientOptions } from '@restyle/client/connection'
import { retryNothing, retryTransient } from '@restyle/client/retry'
import type { Config } from './config.ts'
import type { Io } from './io.ts'

/** The client of one command: Ctrl-C ends every call. Asks nothing yet. `more` overrides. */
export const openClient = (
  { url, key }: Config,
  { signal, wait, newId }: Io,
  more: Pick<ClientOptions, 'fetch' | 'retry'> = {},
): Client =>
  createClient({
    url,
    key,
    signal,
    wait,
    newKey: newId,
    // a first call that nobody takes means a wrong address or no producer; later ones may meet a restart
    retry: (error, attempt) =>
      error.code === 'unreachable' && attempt === 0 ? undefined : retryTransient(error, attempt),
    ...more,
  })

/** How long a producer that can be done without has for its first answer (ms). */
const patienceMs = 2_000

/** A client for what can be done without a producer: nobody waits long for one that does not answer, and nothing is repeated. */
export const openImpatientClient = (config: Config, io: Io, ms = patienceMs): Client =>
  openClient(config, io, { retry: retryNothing, fetch: heardWithin(ms) })

/** `fetch`, which gives up where the first answer of all does not begin within `ms`. */
function heardWithin(ms: number): typeof fetch {
  let heard = false
  return async (input, init = {}) => {
    const silent = new AbortController()
    const timer = heard
      ? undefined
      : setTimeout(() => silent.abort(new Error(`nothing came within ${ms} ms`)), ms)
    const signals = [silent.signal, ...(init.signal ? [init.signal] : [])]
    try {
      const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) })
      heard = true
      return response
    } finally {
      clearTimeout(timer)
    }
  }
}
