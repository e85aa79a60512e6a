import { createClient, type Client } from '@restyle/client/client'
import type { ClientOptions } from '@restyle/client/connection'
import { retryNothing, retryTransient } from '@restyle/client/retry'
import type { Config } from './config.ts'
import type { Io } from './io.ts'

/** The client of one command: Ctrl-C ends every call. Asks nothing yet. `more` overrides. */
export const openClient = (
  { url, key }: Config,
  { signal, wait, newId }: Io,
  more: Pick<ClientOptions, 'retry'> = {},
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

/** The same for what can be done without a producer: nothing is repeated. */
export const openImpatientClient = (config: Config, io: Io): Client =>
  openClient(config, io, { retry: retryNothing })
