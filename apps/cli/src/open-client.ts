import { createClient, type Client } from '@restyle/client/client'
import { retryTransient } from '@restyle/client/retry'
import type { Config } from './config.ts'
import type { Io } from './io.ts'

/** The client of one command: Ctrl-C ends every call. Asks nothing yet. */
export const openClient = ({ url, key }: Config, { signal, wait, newId }: Io): Client =>
  createClient({
    url,
    key,
    signal,
    wait,
    newKey: newId,
    // a first call that nobody takes means a wrong address or no producer; later ones may meet a restart
    retry: (error, attempt) =>
      error.code === 'unreachable' && attempt === 0 ? undefined : retryTransient(error, attempt),
  })
