import { bounds } from '@restyle/shared/contract/bounds'
import type { Edit } from '@restyle/shared/contract/edit'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Arena, laneIdsIn, model } from './arena.ts'

/*
 * What takes minutes or hours is not waited for: the run makes it older. An edit is changed by the ledger's own move, so
 * that a worker that has read the older version loses its comparison, as it would to another worker.
 */

/** A person has looked at what was paused. */
export async function resumeAll(arena: Arena): Promise<void> {
  for (const paused of ['bucket', ...laneIdsIn(arena)]) await arena.ledger.lanes.resume(paused)
}

/** The sweep looks after an edit a minute after its last step; a run has not got that minute. */
export async function hurrySweep({ redis, ledger }: Arena, ms: number): Promise<void> {
  const soon = (await ledger.now()) + ms
  const late = await redis.zrangebyscore(ledgerKeys(defaultPrefix).due, `(${soon}`, '+inf')
  await ledger.postpone(late, soon)
}

/** A step that waits for longer than this (ms) comes now: a submit that came to nothing waits for 10 s and more, a lane that is not there is asked for once a minute. */
const longMs = 5_000

/** Wakes what waits for long. */
export async function hurryWaits({ redis, queues }: Arena): Promise<void> {
  const later = ledgerKeys(defaultPrefix).later(model)
  for (const id of await redis.zrangebyscore(later, Date.now() + longMs, '+inf'))
    await redis.zadd(later, 'XX', 0, id)
  for (const hand of ['reconcile', 'poll', 'copy'] as const) {
    const queue = queues.queue(hand)
    // the score is the due time in ms, shifted by 12 bits
    const from = (Date.now() + longMs) * 0x1000
    for (const id of await redis.zrangebyscore(queue.toKey('delayed'), from, '+inf'))
      await (await queue.getJob(id))?.promote().catch(() => {})
  }
}

const minuteMs = 60_000

/** Makes refusals older that must last for minutes or hours until they count: one more then is the last. */
export async function hurryRefusals({ ledger }: Arena, edits: readonly Edit[]): Promise<void> {
  const { most } = bounds.uncertain
  for (const edit of edits) {
    const { state, looks, refusedQueries, taskId, submittedAt } = edit
    if (state === 'uncertain' && looks !== undefined && looks.times < most.looks - 1) {
      const since = looks.since - Math.max(most.accountMs, most.refusedMs)
      const set = { looks: { ...looks, times: most.looks - 1, since } }
      await ledger.move(edit, { to: 'uncertain', set })
    }
    const young = refusedQueries !== undefined && Date.now() - refusedQueries.since < minuteMs
    if (state !== 'running' || !young || taskId === undefined || submittedAt === undefined) continue
    const older = { ...refusedQueries, since: refusedQueries.since - minuteMs }
    await ledger.move(edit, { to: 'running', set: { taskId, submittedAt, refusedQueries: older } })
  }
}
