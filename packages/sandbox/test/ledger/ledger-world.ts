import type { Edit } from '@restyle/shared/contract/edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import type { EditState } from '@restyle/shared/contract/edit-state'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Change } from '@restyle/shared/ledger/move'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** An empty ledger, and edits in any state of it. */
export type LedgerWorld = {
  ledger: Ledger
  keys: LedgerKeys
  prefix: string
  queued: (id: string, more?: Partial<NewEdit>) => Promise<Edit>
  admitted: (edit: Edit, ask?: Partial<LaneRoom>) => Promise<Edit>
  moved: (edit: Edit, change: Change) => Promise<Edit>
  /** A new edit, taken to `state` by the shortest way. */
  standing: (id: string, state: EditState, more?: Partial<NewEdit>) => Promise<Edit>
}

export const lane: LaneRoom = {
  lane: 'one',
  model: 'wan2.5-i2i-preview',
  running: 2,
  posting: 1,
  submitIntervalMicros: 1,
  maxCopyBacklog: 10,
  priceMicros: 200_000,
  leaseMs: 8000,
  echoesPrompt: true,
  ahead: 0,
  preparing: [],
  prepared: [],
  released: [],
}

export const failure = { code: 'X', message: 'x' }

export const asked = (id: string, more: Partial<NewEdit> = {}): NewEdit => ({
  id,
  producer: 'acme',
  batch: '',
  row: 0,
  key: id,
  request: EditRequest.parse({ prompt: 'make it blue', images: ['https://example.com/a.png'] }),
  bodyHash: 'h',
  ...more,
})

/** The least that a move into a state needs. */
export function changeTo(to: Exclude<EditState, 'submitting'>, id = 'e'): Change {
  switch (to) {
    case 'running':
      return {
        to,
        set: {
          taskId: `task-${id}`,
          submittedAt: 1,
          unseenSince: 2,
          refusedQueries: { code: 'X', count: 1, since: 1 },
        },
      }
    case 'rendered':
      return { to, set: { images: [{ index: 0, url: 'https://example.com/r.png' }] }, expiresAt: 9 }
    case 'failed':
      return { to, set: { failure } }
    case 'uncertain':
      return {
        to,
        set: {
          uncertainBecause: 'no answer',
          said: { cause: 'no answer' },
          looks: { why: 'silent', times: 1, since: 1 },
          returned: { why: 'no answer', times: 1, inAll: 1 },
          turnedAway: { times: 1, overMs: 1, lastAt: 1 },
        },
      }
    case 'review':
      return {
        to,
        set: {
          uncertainBecause: 'two could be it',
          candidates: ['one', 'two'],
          foundTasks: [{ taskId: 'one', state: 'succeeded', images: 1, echo: 'same' }],
        },
      }
    case 'queued':
      return { to, set: { sourceTrouble: { refusals: 1, tries: 1, since: 1 } } }
    case 'succeeded':
    case 'canceled':
      return { to }
  }
}

const before: Record<EditState, EditState | undefined> = {
  queued: undefined,
  submitting: 'queued',
  uncertain: 'submitting',
  review: 'submitting',
  running: 'submitting',
  rendered: 'running',
  succeeded: 'rendered',
  failed: 'queued',
  canceled: 'queued',
}

export function openLedgerWorld(redis: RedisClient, prefix: string): LedgerWorld {
  const ledger = openLedger(redis, prefix)
  const world: LedgerWorld = {
    ledger,
    prefix,
    keys: ledgerKeys(prefix),
    queued: async (id, more) => {
      await ledger.accept([asked(id, more)])
      const edit = await ledger.read(id)
      if (edit === undefined) throw new Error('not accepted')
      return edit
    },
    admitted: async (edit, ask) => {
      const answer = await ledger.admit({ ...lane, ...ask })
      if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer))
      if (answer.edit.id !== edit.id) throw new Error(`${answer.edit.id} was before ${edit.id}`)
      return answer.edit
    },
    moved: async (edit, change) => {
      const answer = await ledger.move(edit, change)
      if (answer.kind !== 'moved') throw new Error(answer.kind)
      return answer.edit
    },
    standing: async (id, state, more) => {
      const from = before[state]
      if (from === undefined) return world.queued(id, more)
      const edit = await world.standing(id, from, more)
      return state === 'submitting' ? world.admitted(edit) : world.moved(edit, changeTo(state, id))
    },
  }
  return world
}
