import type { Edit } from '@restyle/shared/contract/edit'
import { eventOf } from '@restyle/shared/contract/event'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Scope } from '../http/scopes.ts'
import { type GroupState, sentTo, type SentTo, stateInGroup } from './told-of.ts'

/** Events that are looked through: it is one of the first since its edit changed last. */
const mostLookedAt = 200

type Needs = { ledger: Pick<Ledger, 'events' | 'eventGroups' | 'webhooks'> }

/** Where the last event of an edit is in the stream, and how far with it is whoever the asker may know of. */
export type Told = {
  cursor: string
  webhooks?: ({ id: string; description?: string } & SentTo)[]
  groups?: { name: string; state: GroupState }[]
}

/**
 * Undefined where its state tells no event, or where that one is not found. What is read is bounded: a producer has 20 webhooks and
 * 20 groups at most.
 */
export async function readTold(
  edit: Pick<Edit, 'producer' | 'state' | 'told' | 'updatedAt'>,
  event: string | undefined,
  scopes: readonly Scope[],
  { ledger }: Needs,
): Promise<Told | undefined> {
  const { producer, state, updatedAt } = edit
  const type = eventOf[state]
  // what was told of an earlier state is somewhere before the last change
  if (event === undefined || type === undefined || edit.told !== state) return undefined
  const cursor = await ledger.events(producer).find(event, updatedAt, mostLookedAt)
  if (cursor === undefined) return undefined
  const [webhooks, groups] = await Promise.all([
    scopes.includes('webhooks') ? webhooksOf(producer, { cursor, type }, ledger) : undefined,
    scopes.includes('events') ? groupsOf(producer, cursor, ledger) : undefined,
  ])
  return {
    cursor,
    ...(webhooks === undefined ? {} : { webhooks }),
    ...(groups === undefined ? {} : { groups }),
  }
}

async function webhooksOf(
  producer: string,
  event: { cursor: string; type: string },
  { webhooks }: Needs['ledger'],
): Promise<NonNullable<Told['webhooks']>> {
  const ids = await webhooks.list(producer)
  const all = await Promise.all(
    ids.map(async (id) => {
      const [webhook, retryAt] = await Promise.all([webhooks.read(id), webhooks.retryAt(id, event.cursor)])
      const sent = webhook && sentTo(webhook, { ...event, retryAt })
      if (webhook === undefined || sent === undefined) return []
      const { description } = webhook.settings
      return [{ id, ...(description === undefined ? {} : { description }), ...sent }]
    }),
  )
  return all.flat()
}

async function groupsOf(
  producer: string,
  cursor: string,
  { eventGroups }: Needs['ledger'],
): Promise<NonNullable<Told['groups']>> {
  const names = await eventGroups.list(producer)
  const all = await Promise.all(
    names.map(async (name) => {
      const stand = await eventGroups.standOf({ producer, name }, cursor)
      return stand === undefined ? [] : [{ name, state: stateInGroup(cursor, stand) }]
    }),
  )
  return all.flat()
}
