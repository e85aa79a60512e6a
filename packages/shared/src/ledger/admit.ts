import type { Redis } from 'ioredis'
import type { Edit } from '../contract/edit.ts'
import { mapByte } from '../contract/edit-state.ts'
import { ledgerKeys } from './keys.ts'
import { clock, recount } from './lua.ts'
import { script } from './script.ts'

/** What a lane allows. Money in micro-currency. */
export type Admission = {
  lane: string
  /** Tasks that may run, and POSTs that may be under way, at a time. */
  running: number
  posting: number
  /** Least time between two submits. */
  submitIntervalMicros: number
  /** Rendered edits waiting to be copied beyond which nothing new is submitted. */
  maxCopyBacklog: number
  costMicros: number
  /** What a lost answer would be recognised by; two uncertain submits never share one. */
  fingerprint: string
  /** How long after the admission the POST may still be started and answered. */
  leaseMs: number
}

export type Wait = 'paused' | 'bucket' | 'copies' | 'slot' | 'posting' | 'uncertain' | 'token'

export type Admitted =
  | { kind: 'admitted'; edit: Edit }
  | { kind: 'wait'; reason: Wait; ms: number }
  /** Someone else has moved the edit. */
  | { kind: 'lost' }

const admitScript = script(`#!lua
local prefix, id, version, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local running, posting, interval, behind = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local cost, fingerprint, lease, byte = ARGV[9], ARGV[10], tonumber(ARGV[11]), ARGV[12]
${clock}${recount}
local edit = redis.call('HMGET', KEYS[1], 'version', 'state', 'producer', 'batch', 'row')
if edit[1] ~= version or edit[2] ~= 'queued' then return { 'lost' } end
local pause = redis.call('PTTL', prefix .. ':pause:' .. lane)
if pause ~= -2 then return { 'wait', 'paused', pause } end
pause = redis.call('PTTL', prefix .. ':pause:bucket')
if pause ~= -2 then return { 'wait', 'bucket', pause } end
if redis.call('ZCARD', prefix .. ':rendered') >= behind then return { 'wait', 'copies', 1000 } end
local base = prefix .. ':lane:' .. lane
if redis.call('ZCARD', base .. ':running') >= running then return { 'wait', 'slot', 1000 } end
if redis.call('ZCARD', base .. ':posting') >= posting then return { 'wait', 'posting', 200 } end
if redis.call('HEXISTS', base .. ':uncertain', fingerprint) == 1 then return { 'wait', 'uncertain', 200 } end
local tokens = prefix .. ':tokens:submit:' .. lane
local arrival = tonumber(redis.call('GET', tokens) or 0)
if arrival > nowMicros then return { 'wait', 'token', math.ceil((arrival - nowMicros) / 1000) } end
redis.call('SET', tokens, int(nowMicros + interval), 'PX', math.ceil(interval / 1000) + 1)

local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
local nextVersion = redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'state', 'submitting', 'updatedAt', int(now), 'lane', lane, 'fingerprint', fingerprint,
  'intentAt', int(now), 'leaseUntil', int(now + lease), 'reserved', cost)
redis.call('HDEL', KEYS[1], 'taskId', 'submittedAt', 'images', 'uncertainBecause')
redis.call('ZADD', base .. ':running', int(now), id)
redis.call('ZADD', base .. ':posting', int(now), id)
redis.call('HSET', base .. ':uncertain', fingerprint, id)
redis.call('ZADD', prefix .. ':due', int(now + lease), id)
redis.call('HINCRBY', prefix .. ':spend:' .. edit[3], 'reserved', cost)
if edit[4] and edit[4] ~= '' then redis.call('HINCRBY', prefix .. ':batch:' .. edit[4], 'reserved', cost) end
recount(prefix, edit[4], edit[5], 'queued', 'submitting', byte)
return { 'admitted', nextVersion, attempt, int(now), int(now + lease) }
`)

/**
 * Lets an edit onto a lane, all or nothing: a free slot, a submit token (GCRA on Redis's clock, so that no window of a
 * second holds more than the quota), no doubt that this submit could be confused with, and nothing paused.
 * The slot belongs to the edit's state from then on; it is freed by the move that leaves it.
 */
export async function admit(redis: Redis, prefix: string, edit: Edit, ask: Admission): Promise<Admitted> {
  const answer = (await admitScript(
    redis,
    [ledgerKeys(prefix).edit(edit.id)],
    [
      prefix,
      edit.id,
      edit.version,
      ask.lane,
      ask.running,
      ask.posting,
      ask.submitIntervalMicros,
      ask.maxCopyBacklog,
      ask.costMicros,
      ask.fingerprint,
      ask.leaseMs,
      mapByte.submitting,
    ],
  )) as [string, ...(string | number)[]]
  switch (answer[0]) {
    case 'admitted': {
      const [, version, attempt, intentAt, leaseUntil] = answer.map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ]
      const { taskId: _, submittedAt: __, images: ___, uncertainBecause: ____, ...rest } = edit
      return {
        kind: 'admitted',
        edit: {
          ...rest,
          state: 'submitting',
          version,
          attempt,
          lane: ask.lane,
          fingerprint: ask.fingerprint,
          intentAt,
          leaseUntil,
          updatedAt: intentAt,
          reserved: ask.costMicros,
        },
      }
    }
    case 'wait':
      return { kind: 'wait', reason: answer[1] as Wait, ms: Math.max(0, Number(answer[2])) }
    default:
      return { kind: 'lost' }
  }
}
