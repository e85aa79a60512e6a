import { isLiveKey } from '@restyle/shared/contract/api-key'
import type { KeyShelf } from '@restyle/shared/ledger/api-keys'
import type { Log } from '@restyle/shared/log'

/** A revoked key must not read on for 3 seconds; a look that is late by one still comes in time. */
const everyMs = 1_000

/** What somebody stays connected with: a key, or a session of it by the hash of its secret. */
export type Holding = { keyId: string; sessionHash?: string | undefined }

/** Those who stay connected with it: how many, and what ends them. */
type Watched = Holding & { gone: AbortController; count: number }

type Shelf = Pick<KeyShelf, 'read'> & { sessions: Pick<KeyShelf['sessions'], 'read'> }

/**
 * Looks again and again whether the keys and sessions are live with which somebody stays connected: what opened a stream was
 * checked when it began, and the stream goes on. While Redis is away nothing is concluded, and nothing can be read.
 */
export function watchKeys(shelf: Shelf, log: Log) {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look(all: readonly Watched[]): Promise<void> {
    try {
      for (const each of all) if (!(await isLive(each, shelf))) each.gone.abort()
    } catch (error) {
      log.debug({ error }, 'keys of open streams could not be looked at')
    }
  }

  function lookLater(): void {
    if (stopped || timer !== undefined || watched.size === 0) return
    timer = setTimeout(() => void lookNow(), everyMs)
  }

  async function lookNow(): Promise<void> {
    await look([...watched.values()])
    timer = undefined
    lookLater()
  }

  return {
    /**
     * Aborts once the key is revoked or has expired, and of a session once that has ended or expired; `leave` ends the watch. A
     * successor of a key is another key.
     */
    watch: ({ keyId, sessionHash }: Holding): { revoked: AbortSignal; leave: () => void } => {
      const name = `${keyId} ${sessionHash ?? ''}`
      const held = watched.get(name) ?? { keyId, sessionHash, gone: new AbortController(), count: 0 }
      held.count += 1
      watched.set(name, held)
      // the check that let it in may be 3 seconds old
      void look([held])
      lookLater()
      const leave = () => {
        held.count -= 1
        if (held.count === 0 && watched.get(name) === held) watched.delete(name)
      }
      return { revoked: held.gone.signal, leave }
    },
    stop: (): void => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
export type KeyWatch = ReturnType<typeof watchKeys>

async function isLive({ keyId, sessionHash }: Holding, shelf: Shelf): Promise<boolean> {
  const key = await shelf.read(keyId)
  if (key === undefined || !isLiveKey(key, Date.now())) return false
  if (sessionHash === undefined) return true
  const until = await shelf.sessions.read(keyId, sessionHash)
  return until !== undefined && until > Date.now()
}
