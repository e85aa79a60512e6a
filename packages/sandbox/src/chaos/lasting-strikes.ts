import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Arena, pace } from './arena.ts'
import { sourcePrefix } from './sources.ts'
import type { Striking } from './struck.ts'

/*
 * Faults that are more than one answer: refusals for good, a Redis that is full or comes back from a backup, and workers
 * that are suspended or come back with another configuration.
 */

const nothing = (): void => {}

/** The vendor's list is refused for as long as the seed is. Two submits get no answer, so that somebody asks for it. */
export const listRefused: Striking = (_, { dashscope }) => {
  const prey = dashscope.faults.add({ at: 'submit', do: { type: 'fin' }, times: 2 })
  const refusal = { type: 'status', status: 403, code: 'AccessDenied' } as const
  const fault = dashscope.faults.add({ at: 'list', do: refusal, times: Infinity })
  const atEnd = (): void => {
    prey.lift()
    fault.lift()
  }
  return { fired: () => fault.fired, lift: nothing, atEnd }
}

/** The first task that is asked about is refused for its input whenever it is asked about. */
export const queryRefused: Striking = (_, { dashscope, refused }) => {
  let doomed: string | undefined
  const fault = dashscope.faults.add({
    at: 'query',
    do: { type: 'status', status: 400, code: refusedCode, message: 'The input is not supported.' },
    times: Infinity,
    match: ({ taskId = '' }) => {
      doomed ??= taskId
      refused.tasks.add(doomed)
      return taskId === doomed
    },
  })
  return { fired: () => fault.fired, lift: nothing, atEnd: () => fault.lift() }
}

/** The code of a query that is refused for good. */
export const refusedCode = 'InvalidParameter'

/** Half of the sources in the other bucket are refused. */
export const sourceRefused: Striking = ({ pick }, { s3, refused }) => {
  const digits = pick % 2 === 0 ? '02468' : '13579'
  const key = new RegExp(`^${sourcePrefix}seed-\\d+-\\d*[${digits}]-`)
  refused.sources = key
  const refusal = { do: 'refuse', code: 'AccessDenied', times: Infinity, key } as const
  const fault = s3.faults.add({ ...refusal, operation: 'GetObject' })
  const atEnd = (): void => {
    fault.times = 0
    refused.sources = undefined
  }
  return { fired: () => fault.fired, lift: nothing, atEnd }
}

/** A minute of the vendor's at the speed of a run, and some. */
const fullMs = 2_500

/** Redis refuses every write that needs memory. */
export const redisFull: Striking = async (_, { redis }) => {
  const until = performance.now() + fullMs
  let fired = 0
  for (let before = await refusedWrites(redis); performance.now() < until; await sleep(100)) {
    // one that crashed meanwhile has room again, and counts from 0
    await redis.config('SET', 'maxmemory', '1')
    const now = await refusedWrites(redis)
    fired += Math.max(0, now - before)
    before = now
  }
  await redis.config('SET', 'maxmemory', '0')
  return { fired: () => fired, lift: nothing }
}

async function refusedWrites(redis: Arena['redis']): Promise<number> {
  const [, count] = /errorstat_OOM:count=(\d+)/.exec(await redis.info('errorstats')) ?? []
  return Number(count ?? 0)
}

/** How old the backup is that comes back. */
const backupAgeMs = 2_000

/** A backup of some seconds ago is restored. */
export const redisRestored: Striking = async (_, { backUp, restore }) => {
  await backUp()
  await sleep(backupAgeMs)
  await restore()
  return { fired: () => 1, lift: nothing }
}

/**
 * The bucket takes no image until one waits on the disk. Whoever brings it to the bucket is killed, before the ledger
 * knows and after.
 */
export const spillKilled: Striking = (_, { s3, spillDir }, workers) => {
  const key = new RegExp(`^(?!receipts/|sources/|[.]restyle/|${sourcePrefix})`)
  const away = { do: 'refuse', code: 'ServiceUnavailable', operation: 'PutObject', key } as const
  const fault = s3.faults.add({ ...away, times: Infinity })
  const untilSpilled = async (): Promise<void> => {
    while (fault.times > 0) {
      if ((await readdir(spillDir)).length > 0) fault.times = 0
      else await sleep(50, undefined, { ref: false })
    }
  }
  void untilSpilled()
  const kills = (['spill-brought', 'spill-told'] as const).map((point) =>
    workers.lieInWait({ point, nth: 1, deed: 'kill', ms: 0 }),
  )
  const atEnd = (): void => {
    fault.times = 0
    for (const kill of kills) kill.lift()
  }
  return { fired: () => kills.reduce((sum, kill) => sum + kill.fired(), 0), lift: nothing, atEnd }
}

/** Longer than the lease and the wait for the list, so that somebody else has gone on with its edit. */
const suspendedMs = 2 * (pace.receiptMs + pace.postMs + pace.settleMs)

/** A worker is suspended between its receipt and its POST. */
export const workerSuspended: Striking = (_, _arena, workers) => {
  const stop = workers.lieInWait({ point: 'receipt-written', nth: 1, deed: 'stop', ms: suspendedMs })
  return { fired: stop.fired, lift: nothing, atEnd: stop.lift }
}

/**
 * All workers are started again with other variables, and at the end of the strike once more with those of before, or
 * for the rest of the seed with `after`. Counts the edits that were open meanwhile: the first worker is another before the
 * last one is.
 */
export const switched =
  (
    during: (arena: Arena) => Record<string, string>,
    after: (arena: Arena) => Record<string, string> = () => ({}),
  ): Striking =>
  async (_, arena, workers) => {
    const countOpen = () => arena.redis.zcard(ledgerKeys(defaultPrefix).due)
    const before = await countOpen()
    await workers.restartWith(during(arena))
    const open = Math.max(before, await countOpen())
    const last = after(arena)
    return {
      fired: () => open,
      lift: () => workers.restartWith(last),
      ...(Object.keys(last).length > 0 && { atEnd: () => workers.restartWith({}) }),
    }
  }
