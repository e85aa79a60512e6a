import { DelayedError, type Job, Worker, type WorkerOptions } from 'bullmq'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { Log } from '@restyle/shared/log'
import { backoffMs } from '@restyle/shared/queues'
import { isOfConnection, outageOf } from '@restyle/shared/redis/outage'
import { sparingly } from '@restyle/shared/sparingly'
import { patientBackend } from '@restyle/shared/redis/patient-backend'

/*
 * Runs the jobs of one BullMQ queue: locks, take-overs, errors and delays. It knows no edit and no ledger: what a job
 * means is its caller's. A job never fails for good here. One that throws is tried again, slower and slower.
 */

/** Recovery from a killed worker takes up to lock + check, so both are short. A lock is a hint, never a fence. */
export type Stalling = { lockMs: number; checkMs: number }

/** What all queues of a worker share. `connection` is for queues alone, and its owner closes it. */
export type QueueSettings = { connection: RedisClient; prefix: string; stalling: Stalling; log: Log }

/** Runs a job once. Returns in how many milliseconds it is due again; undefined when it is done. */
export type RunJob<Data> = (data: Data) => Promise<number | undefined>

/** Starts nothing yet: `run()` of the result does. `factsOf` says in a log line what a job's id is about. */
export function runQueue<Data>(
  name: string,
  concurrency: number,
  runJob: RunJob<Data>,
  factsOf: (jobId: string | undefined) => object,
  { connection, prefix, stalling, log }: QueueSettings,
): Worker<Data> {
  const run = async (job: Job<Data>, token: string | undefined): Promise<void> => {
    const againInMs = await runJob(job.data)
    if (againInMs === undefined) return
    // waiting is not failing: it costs neither an attempt nor a place in the worker
    await job.moveToDelayed(Date.now() + Math.ceil(againInMs), token)
    throw new DelayedError()
  }
  const options: WorkerOptions = {
    connection,
    prefix,
    concurrency,
    autorun: false,
    lockDuration: stalling.lockMs,
    stalledInterval: stalling.checkMs,
    // a crash loop must not fail a paid edit: the ledger counts, the queue does not
    maxStalledCount: 1_000_000,
    settings: { backoffStrategy: (attemptsMade) => backoffMs(attemptsMade) },
    runRetryDelay: 1000,
  }
  const worker = new Worker<Data>(name, run, options, patientBackend)
  // that Redis is away is told once, by the connection; that a lock was lost is found every second while its step lasts
  const leftOut = sparingly()
  worker.on('error', (error) => {
    if (isOfConnection(error)) return
    const untold = leftOut(error.message.replace(/ for job .*/s, ''))
    if (untold === undefined) return
    log.warn({ queue: name, error: error.message, ...(untold > 0 && { untold }) }, 'queue did not answer')
  })
  worker.on('failed', (job, error) => {
    const facts = { ...factsOf(job?.id), err: error }
    if (outageOf(error) === undefined) log.error(facts, 'step failed and will be tried again')
    else log.debug(facts, 'step waits for redis')
  })
  worker.on('stalled', (jobId) => log.warn(factsOf(jobId), 'taken over from a worker that went away'))
  return worker
}
