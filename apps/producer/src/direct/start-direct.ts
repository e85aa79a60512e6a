import { backoffMs } from '@restyle/shared/queues'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { isOfConnection } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq'
import { plainJobs, type PlainJob } from './plain-jobs.ts'
import { type DirectTools, isTransient, takeJob } from './take-job.ts'

/** The queue that other services add their edits to, under the installation's prefix. */
const queueName = 'intake'

/** A job whose process died is taken by another within both together. */
const [lockMs, checkMs] = [10_000, 5_000]

/** Jobs that failed are kept for a look, so many and so long (s). */
const keptJobs = { count: 1_000, age: 24 * 3600 }

/** How long jobs under way, and Redis, may take when the producer stops. */
const stopGraceMs = 5_000

/** Without a marker in the queue a job is found after so many seconds. */
const lookSeconds = 2

export type DirectOptions = {
  /** A connection of its own, which waits for Redis however long that takes; the caller closes it. */
  redis: RedisClient
  /** Jobs that are taken at a time: those behind them wait in Redis, and HTTP has its turn in between. */
  concurrency: number
}

/**
 * Takes edits from the intake queue (docs/direct-enqueue.md). So many jobs are in memory as are taken at a time, however many wait.
 * While Redis or the bucket is away, these wait, and nothing is taken.
 */
export function startDirect(
  tools: DirectTools & { ledger: Pick<Ledger, 'turn'>; prefix: string },
  { redis, concurrency }: DirectOptions,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { log } = tools
  const worker = new Worker<PlainJob>(
    queueName,
    (job, token) => work(job, token, tools, stopping.signal),
    {
      connection: redis,
      prefix: tools.prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: checkMs,
      // it may be taken any number of times: its key makes one edit of it
      maxStalledCount: 1_000_000,
      drainDelay: lookSeconds,
      runRetryDelay: 1_000,
      removeOnComplete: { count: 0 },
      removeOnFail: keptJobs,
    },
    plainJobs,
  )
  worker.on('error', (error) => {
    if (!isOfConnection(error)) log.warn({ queue: queueName, error: error.message }, 'queue did not answer')
  })
  return {
    stop: async () => {
      stopping.abort()
      const closed = new AbortController()
      // a job that cannot be handed back is taken by another process when its lock ends
      const close = worker.close().finally(() => closed.abort())
      await Promise.race([close, sleep(stopGraceMs, closed.signal)])
    },
  }
}

async function work(
  job: Job<PlainJob>,
  token: string | undefined,
  tools: DirectTools & { ledger: Pick<Ledger, 'turn'> },
  stopping: AbortSignal,
): Promise<{ edit: string }> {
  const taken = await persist(() => takeJob(job.data, tools), stopping)
  switch (taken?.kind) {
    case 'accepted':
      return { edit: taken.edit }
    case 'refused':
      throw new UnrecoverableError(`${taken.code}: ${taken.detail}`)
    case 'dead':
      if (await tools.ledger.turn('alarm:dead-job', 3600_000))
        tools.log.error({ job: job.id, why: taken.why }, 'job of the intake queue cannot be answered')
      throw new UnrecoverableError(taken.why)
    case undefined:
      // another process takes it, or this one when it is back
      await job.moveToDelayed(Date.now() + 1_000, token)
      throw new DelayedError()
  }
}

/** Tries again until it is done; undefined where the process stops before. */
async function persist<T>(attempt: () => Promise<T>, stopping: AbortSignal): Promise<T | undefined> {
  for (let tries = 1; !stopping.aborted; tries += 1)
    try {
      return await attempt()
    } catch (error) {
      if (!isTransient(error)) throw error
      await sleep(Math.min(5_000, backoffMs(tries)), stopping)
    }
  return undefined
}
