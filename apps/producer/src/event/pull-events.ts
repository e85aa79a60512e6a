import type { Page } from '@restyle/shared/event/event-stream'
import type { EventGroupId, EventGroups, Pulled } from '@restyle/shared/ledger/event-groups'
import { noLiveKey } from '../http/authenticate.ts'
import { Problem } from '../http/problem.ts'
import { type Caller, enter, type Stay } from '../http/enter.ts'
import type { WaitTools } from './followers.ts'

export type PullTools = WaitTools & {
  ledger: { eventGroups: Pick<EventGroups, 'pull'> }
  tellUnreadable: (page: Pick<Page, 'unreadable'>, producer: string) => void
}

export type PullOptions = { limit: number; waitMs: number; seenGap?: string | undefined }

/** No event is there yet: only what was handed out before can be handed out. */
const farAway = '9999999999999999-0'

export const noSuchGroup = (): Problem => new Problem('not-found', 'There is no such group.')

const tooManyDead = (name: string): Problem =>
  new Problem(
    'too-many-dead',
    `Events of this group were handed out too often, and there is no room to put more of them aside. Look at them with GET /v1/event-groups/${name}/dead, then retry or drop them.`,
  )

/**
 * Takes events of a group; where there is none, waits for one. Whoever has left or whose key was revoked takes none: they
 * would be out for a while with nobody.
 */
export async function pullEvents(
  caller: Caller & { signal: AbortSignal },
  group: EventGroupId,
  { limit, waitMs, seenGap }: PullOptions,
  tools: PullTools,
): Promise<Extract<Pulled, { kind: 'events' }>> {
  const { followers, tellUnreadable } = tools
  const deadline = performance.now() + waitMs
  let stay: Stay | undefined
  try {
    for (;;) {
      const pulled = await pull()
      const left = deadline - performance.now()
      const isAnswer = pulled.taken.length > 0 || pulled.gap !== undefined
      if (isAnswer || left <= 0 || followers.stopping.aborted) return pulled
      stay ??= await enter(caller, tools)
      const signal = AbortSignal.any([caller.signal, stay.revoked])
      const ms = Math.min(left, Math.max(pulled.againInMs ?? left, 1))
      await followers.wait(group.producer, pulled.full ? farAway : pulled.at, ms, signal)
      if (stay.revoked.aborted) throw noLiveKey()
      if (caller.signal.aborted) return pulled
    }
  } finally {
    stay?.leave()
  }

  async function pull(): Promise<Extract<Pulled, { kind: 'events' }>> {
    const pulled = await tools.ledger.eventGroups.pull(group, { limit, seenGap })
    if (pulled.kind !== 'events') throw pulled.kind === 'none' ? noSuchGroup() : tooManyDead(group.name)
    tellUnreadable(pulled, group.producer)
    return pulled
  }
}
