import type { Redis } from 'ioredis'
import { type Edit, viewOf } from '../contract/edit.ts'
import { type EditState, isTerminal, mapByte, moves } from '../contract/edit-state.ts'
import type { EventType } from '../contract/event.ts'
import { RestyleError } from '../errors.ts'
import { ledgerKeys } from './keys.ts'
import { clock, recount } from './lua.ts'
import { script } from './script.ts'

type Field =
  | 'tries'
  | 'attempt'
  | 'lane'
  | 'uncertainBecause'
  | 'taskId'
  | 'submittedAt'
  | 'images'
  | 'failure'
  | 'intentAt'
  | 'candidates'

/** What a move changes besides the state. */
export type Change = {
  to: EditState
  /** `null` removes the field. */
  set?: { [F in Field]?: Edit[F] | null }
  /** What the vendor bills for this task, once known; whatever was reserved beyond it is released. */
  billedMicros?: number
  /** Images that reached the bucket with this move. */
  stored?: number
  event?: EventType
  /** When the sweep should look whether the next wake-up is missing. */
  dueInMs?: number
  /** When the first of the rendered URLs dies (epoch ms). */
  expiresAt?: number
}

export type Moved =
  | { kind: 'moved'; edit: Edit }
  /** Someone else has written since the edit was read: read it again, or leave it. */
  | { kind: 'lost' }
  /** The task already belongs to another edit. */
  | { kind: 'taken'; by: string }

const retentionSeconds = 30 * 24 * 3600

/** Works when Redis is out of memory: an answer that cost money must be written down whatever else fails. */
const moveScript = script(`#!lua flags=allow-oom
local prefix, id, version, to, byte = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local set, event, opts = cjson.decode(ARGV[6]), ARGV[7], cjson.decode(ARGV[8])
${clock}${recount}
local edit = redis.call('HMGET', KEYS[1], 'version', 'state', 'producer', 'batch', 'row', 'lane', 'fingerprint', 'reserved', 'traceparent')
if edit[1] ~= version then return { 'lost' } end
local from, producer, batch, row = edit[2], edit[3], edit[4], edit[5]
local lane, fingerprint, reserved = set.lane or edit[6], edit[7], tonumber(edit[8] or 0)

if set.taskId and set.taskId ~= cjson.null then
  local index = prefix .. ':task:' .. lane .. ':' .. set.taskId
  local owner = redis.call('GET', index)
  if owner and owner ~= id then return { 'taken', owner } end
  redis.call('SET', index, id, 'EX', 172800)
end

local nextVersion = redis.call('HINCRBY', KEYS[1], 'version', 1)
local flat = { 'state', to, 'updatedAt', int(now) }
for name, value in pairs(set) do
  if value == cjson.null then redis.call('HDEL', KEYS[1], name)
  else flat[#flat + 1] = name; flat[#flat + 1] = value end
end

local spend = prefix .. ':spend:' .. producer
local batchKey = batch and batch ~= '' and prefix .. ':batch:' .. batch
local function count(field, by)
  if by == 0 then return end
  redis.call('HINCRBY', spend, field, int(by))
  if batchKey then redis.call('HINCRBY', batchKey, field, int(by)) end
end
local settles = to == 'rendered' or to == 'queued' or to == 'succeeded' or to == 'failed' or to == 'canceled'
if settles and reserved > 0 then count('reserved', -reserved); flat[#flat + 1] = 'reserved'; flat[#flat + 1] = '0' end
if opts.billed > 0 then count('billed', opts.billed); redis.call('HINCRBY', KEYS[1], 'billed', int(opts.billed)) end
count('images', opts.stored)
redis.call('HSET', KEYS[1], unpack(flat))
if from ~= to then recount(prefix, batch, row, from, to, byte) end

if lane then
  local base = prefix .. ':lane:' .. lane
  local function freed(what) redis.call('PUBLISH', base .. ':freed', what) end
  if to ~= 'submitting' and redis.call('ZREM', base .. ':posting', id) == 1 then freed('posting') end
  if to ~= 'submitting' and to ~= 'uncertain' and fingerprint and redis.call('HGET', base .. ':uncertain', fingerprint) == id then
    redis.call('HDEL', base .. ':uncertain', fingerprint)
    freed('uncertain')
  end
  if to == 'submitting' or to == 'uncertain' or to == 'running' then
    redis.call('ZADD', base .. ':running', 'NX', int(now), id)
  elseif redis.call('ZREM', base .. ':running', id) == 1 then
    freed('slot')
  end
  if from == 'rendered' and to ~= from then freed('copies') end
end

if to == 'rendered' then redis.call('ZADD', prefix .. ':rendered', int(opts.expiresAt), id)
elseif from == 'rendered' then redis.call('ZREM', prefix .. ':rendered', id) end

local held = prefix .. ':held:' .. producer
if to == 'review' then redis.call('ZADD', held, int(now), id)
elseif from == 'review' then redis.call('ZREM', held, id) end

if opts.terminal then
  redis.call('ZREM', prefix .. ':due', id)
  redis.call('EXPIRE', KEYS[1], opts.retention)
else
  redis.call('ZADD', prefix .. ':due', int(now + opts.dueIn), id)
end

local stream = prefix .. ':events:' .. producer
if event ~= '' then
  redis.call('XADD', stream, '*', 'type', opts.event, 'id', id .. '-' .. opts.fact, 'subject', id,
    'time', int(now), 'data', event, 'traceparent', edit[9] or '')
end
if batchKey and opts.terminal then
  local counts = redis.call('HMGET', batchKey, 'total', 'succeeded', 'failed', 'canceled', 'completedAt')
  local ended = (counts[2] or 0) + (counts[3] or 0) + (counts[4] or 0)
  if not counts[5] and counts[1] and ended >= tonumber(counts[1]) then
    redis.call('HSET', batchKey, 'completedAt', int(now))
    redis.call('EXPIRE', batchKey, opts.retention)
    redis.call('EXPIRE', batchKey .. ':map', opts.retention)
    local fields, all = {}, redis.call('HGETALL', batchKey)
    for i = 1, #all, 2 do fields[all[i]] = all[i + 1] end
    redis.call('XADD', stream, '*', 'type', 'restyle.batch.completed', 'id', batch .. '-completed', 'subject', batch,
      'time', int(now), 'data', cjson.encode(fields), 'traceparent', '')
  end
end
return { 'moved', nextVersion, int(now) }
`)

/**
 * The one way an edit changes: compares the version, then writes the state, the batch's counters and map, the lane's
 * slots, the money and the event, all or nothing. A duplicate job, a zombie or a retried call loses and changes nothing.
 */
export async function move(redis: Redis, prefix: string, edit: Edit, change: Change): Promise<Moved> {
  const { to, billedMicros = 0, stored = 0, event, dueInMs = 60_000 } = change
  const set = { ...(edit.state === 'review' ? { candidates: null } : {}), ...change.set }
  if (!moves[edit.state].includes(to))
    throw new RestyleError('ImpossibleMove', `an edit does not move from ${edit.state} to ${to}`, {
      editId: edit.id,
    })
  const settles = !['submitting', 'running', 'uncertain', 'review'].includes(to)
  const after = merge(edit, set, {
    state: to,
    reserved: settles ? 0 : edit.reserved,
    billed: edit.billed + billedMicros,
  })
  const answer = (await moveScript(
    redis,
    [ledgerKeys(prefix).edit(edit.id)],
    [
      prefix,
      edit.id,
      edit.version,
      to,
      mapByte[to],
      JSON.stringify(serialize(set)),
      event === undefined ? '' : JSON.stringify(viewOf(after)),
      JSON.stringify({
        billed: billedMicros,
        stored,
        event: event ?? '',
        fact: event === 'restyle.edit.held' ? `held-${edit.attempt}` : to,
        terminal: isTerminal(to),
        retention: retentionSeconds,
        dueIn: dueInMs,
        expiresAt: change.expiresAt ?? 0,
      }),
    ],
  )) as [string, ...(string | number)[]]
  switch (answer[0]) {
    case 'moved':
      return { kind: 'moved', edit: { ...after, version: Number(answer[1]), updatedAt: Number(answer[2]) } }
    case 'taken':
      return { kind: 'taken', by: String(answer[1]) }
    default:
      return { kind: 'lost' }
  }
}

function merge(edit: Edit, set: NonNullable<Change['set']>, rest: Partial<Edit>): Edit {
  const kept = Object.entries({ ...edit, ...set, ...rest }).filter(([, value]) => value !== null)
  return Object.fromEntries(kept) as Edit
}

function serialize(set: NonNullable<Change['set']>): Record<string, string | null> {
  const text = (value: string | number | object | null | undefined) =>
    value == null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [name, text(value)]))
}
