import { DelayedError, type Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { backoffMs, type Hand, handOf, queueName, type WakeUp } from '@restyle/shared/queues'
import type { HandContext, TakeStep } from './step.ts'

/** Recovery from a killed worker takes up to lock + check, so both are short; a lock is a hint, never a fence. */
export type Stalling = { lockMs: number; checkMs: number }

/**
 * Runs a hand as a BullMQ worker. A wake-up is only a reason to look: if the edit stands elsewhere, the hand that is
 * next is woken and that was all. Waiting is not failing: a step that is due later goes back to delayed, and spends
 * neither an attempt nor a place in the worker.
 */
export function runHand(
  context: HandContext,
  options: {
    hand: Hand
    /** Only the backlogs are apart by model. */
    model?: string
    concurrency: number
    connection: Redis
    stalling: Stalling
    takeStep: TakeStep
  },
): Worker<WakeUp> {
  const { ledger, queues, log, stopping, failpoint } = context
  const { hand, model = '', concurrency, connection, stalling, takeStep } = options

  const run = async (job: Job<WakeUp>, token: string | undefined): Promise<void> => {
    const edit = await ledger.read(job.data.editId)
    if (edit === undefined)
      return log.warn({ editId: job.data.editId, hand }, 'wake-up of an unknown edit dropped')
    if (handOf[edit.state] !== hand) return queues.wake(edit)
    await failpoint('taken', edit.id)
    const step = await takeStep(edit, stopping)
    await failpoint('stepped', edit.id)
    if (handOf[step.edit.state] !== hand) return queues.wake(step.edit, step.inMs)
    await job.moveToDelayed(Date.now() + Math.ceil(step.inMs ?? 0), token)
    throw new DelayedError()
  }

  const worker = new Worker<WakeUp>(queueName(hand, model), run, {
    connection,
    prefix: ledger.prefix,
    concurrency,
    autorun: false,
    lockDuration: stalling.lockMs,
    stalledInterval: stalling.checkMs,
    // a crash loop must not fail a paid edit: the ledger counts, the queue does not
    maxStalledCount: 1_000_000,
    settings: { backoffStrategy: (attemptsMade) => backoffMs(attemptsMade) },
  })
  worker.on('error', (error) => log.warn({ hand, error: error.message }, 'queue did not answer'))
  worker.on('failed', (job, error) =>
    log.error({ hand, editId: job?.data.editId, err: error }, 'step failed and will be tried again'),
  )
  worker.on('stalled', (jobId) =>
    log.warn({ hand, editId: jobId }, 'taken over from a worker that went away'),
  )
  return worker
}
