import { isLiveKey } from '@restyle/shared/contract/api-key'
import type { KeyShelf } from '@restyle/shared/ledger/api-keys'
import type { Log } from '@restyle/shared/log'

/** A revoked key must not read on for 3 seconds; a look that is late by one still comes in time. */
const everyMs = 1_000

/** Those who stay connected with a key: how many, and what ends them. */
type Watched = { gone: AbortController; count: number }

/**
 * Looks again and again whether the keys are live with which somebody stays connected: a key that opened a stream was
 * checked when it began, and the stream goes on. While Redis is away nothing is concluded, and nothing can be read.
 */
export function watchKeys(shelf: Pick<KeyShelf, 'read'>, log: Log) {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look(keyIds: readonly string[]): Promise<void> {
    try {
      for (const keyId of keyIds) {
        const key = await shelf.read(keyId)
        if (key === undefined || !isLiveKey(key, Date.now())) watched.get(keyId)?.gone.abort()
      }
    } catch (error) {
      log.debug({ error }, 'keys of open streams could not be looked at')
    }
  }

  function lookLater(): void {
    if (stopped || timer !== undefined || watched.size === 0) return
    timer = setTimeout(() => void lookNow(), everyMs)
  }

  async function lookNow(): Promise<void> {
    await look([...watched.keys()])
    timer = undefined
    lookLater()
  }

  return {
    /** Aborts once the key is revoked or has expired; `leave` ends the watch. A successor of it is another key. */
    watch: (keyId: string): { revoked: AbortSignal; leave: () => void } => {
      const held = watched.get(keyId) ?? { gone: new AbortController(), count: 0 }
      held.count += 1
      watched.set(keyId, held)
      // the check that let it in may be 3 seconds old
      void look([keyId])
      lookLater()
      const leave = () => {
        held.count -= 1
        if (held.count === 0 && watched.get(keyId) === held) watched.delete(keyId)
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
