import { randomUUID } from 'node:crypto'
import type { AnswerDeed, FaultPlan, TaskDeed } from '../dashscope/faults.ts'
import type { Proxy } from '../net/tcp-proxy.ts'
import type { FaultPlan as S3Plan, FaultDeed as S3Deed } from '../s3/faults.ts'
import type { Arena } from './arena.ts'
import { sourcePrefix } from './sources.ts'
import type { FaultName } from './fault-names.ts'
import {
  listRefused,
  queryRefused,
  redisFull,
  redisRestored,
  sourceRefused,
  spillKilled,
  switched,
  workerSuspended,
} from './lasting-strikes.ts'
import type { Strike } from './plan.ts'
import type { Striking, Struck } from './struck.ts'
import type { Workers } from './workers.ts'

/** Lets a fault strike. */
export const strikeWith = async (strike: Strike, arena: Arena, workers: Workers): Promise<Struck> =>
  table[strike.fault](strike, arena, workers)

/** It has struck with the call itself, and ends by itself. */
const once: Struck = { fired: () => 1, lift: () => {} }

const onWire =
  (
    name: keyof Arena['wires'],
    toxic: keyof Proxy['faults']['fired'],
    strike: (faults: Proxy['faults'], ms: number) => unknown,
  ): Striking =>
  async ({ ms }, { wires }) => {
    const { faults } = wires[name]
    const before = faults.fired[toxic]
    // what was lost or refused is told by the counter
    await strike(faults, ms)
    return { fired: () => faults.fired[toxic] - before, lift: () => faults.heal() }
  }

const reset = (name: keyof Arena['wires']) => onWire(name, 'reset', (faults) => faults.reset())
const refuse = (name: keyof Arena['wires']) => onWire(name, 'refuse', (faults) => faults.refuse())
const latency = (name: keyof Arena['wires'], ms: number) =>
  onWire(name, 'latency', (faults) => faults.latency(ms, ms / 2))
const blackhole = (name: keyof Arena['wires']) => onWire(name, 'blackhole', (faults) => faults.blackhole())
const cut = (name: keyof Arena['wires'], bytes: number) =>
  onWire(name, 'cut', (faults, ms) => faults.cut(bytes + (ms % 250), 'down', 3))
const replyLost = (name: keyof Arena['wires']) =>
  onWire(
    name,
    'replyLost',
    (faults) => void faults.nextReplyLost((bytes) => /evalsha/i.test(bytes.toString('latin1'))),
  )

const atVendor =
  (plan: FaultPlan): Striking =>
  (_, { dashscope }) =>
    ((fault) => ({ fired: () => fault.fired, lift: () => fault.lift() }))(dashscope.faults.add(plan))

/** No submit may come as long as the account is refused, or the bucket is away: it waits for one. */
const onSubmit =
  (deed: AnswerDeed, accepted?: boolean): Striking =>
  (_, { dashscope }) => {
    const plan = {
      at: 'submit',
      do: deed,
      times: 2,
      ...(accepted === undefined ? {} : { accepted }),
    } as const
    const fault = dashscope.faults.add(plan)
    return {
      fired: () => fault.fired,
      lift: () => {
        if (fault.fired > 0) fault.lift()
      },
      atEnd: () => fault.lift(),
    }
  }
const onQuery = (deed: AnswerDeed) => atVendor({ at: 'query', do: deed, times: 6 })
const onList = (deed: AnswerDeed) => atVendor({ at: 'list', do: deed, times: 3 })
/** Images come late in a seed: it waits for three of them. */
const onResult =
  (deed: AnswerDeed): Striking =>
  (_, { dashscope }) => {
    const fault = dashscope.faults.add({ at: 'result', do: deed, times: 3 })
    return { fired: () => fault.fired, lift: () => {}, atEnd: () => fault.lift() }
  }
const onTask = (deed: TaskDeed) => atVendor({ at: 'task', do: deed, times: 3 })

const inBucket =
  (plan: S3Plan & S3Deed): Striking =>
  (_, { s3 }) => {
    const fault = s3.faults.add(plan)
    return { fired: () => fault.fired, lift: () => void (fault.times = 0) }
  }

/** Sources have a bucket of their own, which is patient for longer than a seed and refuses for good. */
const noSource = new RegExp(`^(?!${sourcePrefix})`)
const aSource = new RegExp(`^${sourcePrefix}`)

const downWithReset: Striking = (_, { s3 }) => {
  const asked = () => Object.values(s3.requests).reduce((sum, count) => sum + count, 0)
  const before = asked()
  s3.faults.down(true, 'reset')
  let after: number | undefined
  return {
    fired: () => (after ?? asked()) - before,
    lift: () => {
      after ??= asked()
      s3.faults.down(false)
    },
  }
}

/** The vendor never sees a submit whose prompt another edit has just had accepted: its look finds a task that looks like its own. */
const twinUnsent: Striking = (_, { dashscope }) => {
  const isTwin: FaultPlan['match'] = ({ prompt, images: [image] = [] }) =>
    dashscope.posts.some(
      (post) => post.outcome === 'accepted' && post.prompt === prompt && post.images[0] !== image,
    )
  const plan = { at: 'submit', do: { type: 'reset' }, accepted: false, times: 2, match: isTwin } as const
  const fault = dashscope.faults.add(plan)
  // twins may come late: it waits for them
  return { fired: () => fault.fired, lift: () => {}, atEnd: () => fault.lift() }
}

const arrears: Striking = (_, { dashscope }) => {
  const fault = dashscope.faults.arrears()
  return { fired: () => fault.fired, lift: () => fault.lift() }
}

const table: Record<FaultName, Striking> = {
  'worker-kill': ({ pick }, _, workers) => (workers.kill(pick), once),
  'worker-term': ({ pick }, _, workers) => (workers.term(pick), once),
  'worker-suspended': workerSuspended,
  'receipts-switched': switched(() => ({ S3_CREATE_ONCE: 'off' })),
  'lane-renamed': switched(({ laneEnv }) => laneEnv.renamed),
  // what the new place has taken must still be reached when the old one is back
  'lane-moved': switched(
    ({ laneEnv }) => laneEnv.moved,
    ({ laneEnv }) => laneEnv.both,
  ),
  'worker-stop': ({ pick, ms }, _, workers) => (workers.stop(pick, 1_500 + 2 * ms), once),

  'redis-crash': async ({ ms }, { crash }) => {
    await crash(ms / 4)
    return once
  },
  'redis-full': redisFull,
  'redis-restored': redisRestored,
  'redis-reply-lost': replyLost('redis'),
  'redis-wire-reset': reset('redis'),
  'redis-wire-refuse': refuse('redis'),
  'redis-wire-latency': latency('redis', 20),
  'redis-wire-blackhole': blackhole('redis'),
  'redis-wire-cut': cut('redis', 200),
  'producer-reply-lost': replyLost('producer'),
  'producer-wire-reset': reset('producer'),

  'source-refused': sourceRefused,
  'source-away': inBucket({ do: 'refuse', code: 'ServiceUnavailable', times: 20, key: aSource }),
  'spill-killed': spillKilled,
  's3-unavailable': inBucket({ do: 'refuse', code: 'ServiceUnavailable', times: 25 }),
  's3-down-with-reset': downWithReset,
  's3-reply-lost': inBucket({ do: 'lose-reply', operation: 'PutObject', times: 3 }),
  's3-slow': inBucket({ do: 'slow', bytesPerSecond: 2_000, times: 3, key: noSource }),
  's3-hangs': inBucket({ do: 'hang', times: 3, key: noSource }),
  's3-access-denied': inBucket({ do: 'refuse', code: 'AccessDenied', times: 10, key: noSource }),
  's3-wire-reset': reset('s3'),
  's3-wire-latency': latency('s3', 60),
  's3-wire-blackhole': blackhole('s3'),
  's3-wire-cut': cut('s3', 100),

  'submit-reset': onSubmit({ type: 'reset' }),
  'submit-unsent': twinUnsent,
  'submit-fin': onSubmit({ type: 'fin' }),
  'submit-late': onSubmit({ type: 'late', ms: 1_500 }),
  'submit-broken-before': onSubmit({ type: 'status', status: 500 }),
  'submit-broken-after': onSubmit({ type: 'status', status: 500 }, true),
  'submit-cut': onSubmit({ type: 'truncated', framing: 'chunked' }),
  'submit-garbled': onSubmit({ type: 'body', body: '<html>Welcome</html>', contentType: 'text/html' }),
  'submit-empty': onSubmit({ type: 'body', body: '' }),
  'submit-without-task-id': onSubmit({ type: 'no-task-id' }),
  'submit-fat-headers': onSubmit({ type: 'fat-headers' }),
  'submit-throttled': onSubmit({ type: 'status', status: 429, code: 'Throttling.RateQuota' }),
  'account-in-arrears': arrears,
  'dashscope-wire-reset': reset('dashscope'),
  'dashscope-wire-refuse': refuse('dashscope'),
  'dashscope-wire-latency': latency('dashscope', 80),
  'dashscope-wire-blackhole': blackhole('dashscope'),
  'dashscope-wire-cut': cut('dashscope', 30),

  'query-throttled': onQuery({ type: 'status', status: 429, code: 'Throttling.RateQuota' }),
  'query-broken': onQuery({ type: 'status', status: 500 }),
  'query-garbled': onQuery({ type: 'body', body: '\0\x01{' }),
  'query-wrong-task': onQuery({ type: 'task-id', taskId: randomUUID() }),
  'query-refused': queryRefused,
  'query-forbidden': atVendor({
    at: 'query',
    do: { type: 'status', status: 403, code: 'AccessDenied' },
    times: Infinity,
  }),
  'list-refused': listRefused,
  'list-throttled': onList({ type: 'status', status: 429, code: 'Throttling.RateQuota' }),
  'list-broken': onList({ type: 'status', status: 500 }),
  'list-garbled': onList({ type: 'body', body: '{"data":' }),

  'task-fails': onTask({ type: 'fail', code: 'InternalError.Timeout', message: 'The task timed out.' }),
  'task-pends': onTask({ type: 'stay-pending', ms: 2_500 }),
  // less than the workers wait for the list (RESTYLE_SETTLE_MS)
  'task-late-in-list': onTask({ type: 'late-in-list', ms: 600 }),

  'result-cut': onResult({ type: 'truncated', framing: 'length' }),
  'result-cut-in-silence': onResult({ type: 'lying-length' }),
  'result-broken': onResult({ type: 'status', status: 500 }),
  'result-html': onResult({ type: 'body', body: '<html>Not here</html>', contentType: 'text/html' }),
  'result-drips': onResult({ type: 'drip', bytes: 4_096, everyMs: 20 }),
}
