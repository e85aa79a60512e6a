import { type JobsOptions, Queue } from 'bullmq'
import type { RedisClient } from './redis/redis-client.ts'
import type { Edit } from './contract/edit.ts'
import type { EditState } from './contract/edit-state.ts'

/** What a job holds: an id. Everything else is in the ledger. */
export type WakeUp = { editId: string }

export type Hand = 'reconcile' | 'poll' | 'copy'

/** Which hand is next for an edit in a state; none where it waits for a lane or a person, or has ended. */
export const handOf: Readonly<Record<EditState, Hand | undefined>> = {
  queued: undefined,
  submitting: 'reconcile',
  uncertain: 'reconcile',
  review: undefined,
  running: 'poll',
  rendered: 'copy',
  succeeded: undefined,
  failed: undefined,
  canceled: undefined,
}

/** Whose jobs may be at an edit in a state: a poll may go on and copy what it found (run-hand.ts). */
const handsAt = (state: EditState): Hand[] => {
  const hand = handOf[state]
  if (hand === undefined) return []
  return hand === 'copy' ? ['copy', 'poll'] : [hand]
}

/**
 * A job never fails for good (an edit fails in the ledger): a job that throws is tried again, slower and slower. A job that
 * ended is removed, so that its id can be used again.
 */
export const jobOptions: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'restyle' },
  removeOnComplete: true,
  removeOnFail: true,
}

/** Waits between tries of a job that threw: 0.5 s, doubling, at most 30 s, with jitter. */
export const backoffMs = (attemptsMade: number, random = Math.random): number =>
  Math.min(30_000, 500 * 2 ** Math.min(attemptsMade - 1, 10)) * (0.5 + random() / 2)

/** The wake-ups of every hand. A wake-up is named after its edit: adding it twice is adding it once. */
export function openQueues(connection: RedisClient, prefix: string, onError: (error: Error) => void) {
  const queues = new Map<string, Queue<WakeUp>>()
  const queue = (name: string): Queue<WakeUp> => {
    const known = queues.get(name)
    if (known !== undefined) return known
    const opened = new Queue<WakeUp>(name, {
      connection,
      prefix,
      defaultJobOptions: jobOptions,
      skipMetasUpdate: true,
    })
    opened.on('error', onError)
    queues.set(name, opened)
    return opened
  }
  return {
    queue,

    /** Wakes the hand that goes on with this edit, `delayMs` from now. Does nothing where none is next. */
    wake: async (edit: Edit, delayMs = 0): Promise<void> => {
      const name = handOf[edit.state]
      if (name === undefined) return
      const options: JobsOptions = { jobId: edit.id, ...(delayMs > 0 ? { delay: Math.ceil(delayMs) } : {}) }
      const urgency = edit.state === 'rendered' ? copyPriority(edit, Date.now()) : undefined
      await queue(name).add(
        name,
        { editId: edit.id },
        { ...options, ...(urgency ? { priority: urgency } : {}) },
      )
    },

    /** Lets the hand take the edit's next step now, where its wake-up waits for a time. */
    hurry: async (edit: Edit): Promise<void> => {
      const name = handOf[edit.state]
      const job = name === undefined ? undefined : await queue(name).getJob(edit.id)
      if ((await job?.isDelayed()) === true) await job?.promote()
    },

    /** Whether each edit's wake-up is there; an edit that needs none counts as awake. */
    awake: async (edits: readonly Edit[]): Promise<boolean[]> => {
      const pipeline = connection.pipeline()
      const hands = edits.map(({ state }) => handsAt(state))
      for (const [i, names] of hands.entries())
        for (const name of names) pipeline.exists(queue(name).toKey(edits[i]?.id ?? ''))
      const answers = ((await pipeline.exec()) ?? []).map(([, found]) => found === 1)
      return hands.map((names) => names.length === 0 || answers.splice(0, names.length).includes(true))
    },

    close: async (): Promise<void> => {
      await Promise.all([...queues.values()].map((each) => each.close()))
    },
  }
}
export type Queues = ReturnType<typeof openQueues>

const priorityStepMs = 5 * 60_000
const priorityEpoch = Date.UTC(2026, 0, 1)

/**
 * BullMQ takes the lowest number first, and a job keeps its number however often it waits. So it is when the first address
 * dies, in steps of five minutes since 2026, and not how long it has left: from 1 to 2^21−1, which lasts for 19 years.
 */
export function copyPriority(edit: Edit, now: number): number {
  const expiries = (edit.images ?? []).flatMap(({ stored, failure, expiresAt }) =>
    stored === undefined && failure === undefined && expiresAt !== undefined ? [expiresAt] : [],
  )
  const first = Math.min(now + 24 * 3600_000, ...expiries)
  return Math.min(2 ** 21 - 1, Math.max(1, Math.ceil((first - priorityEpoch) / priorityStepMs)))
}
