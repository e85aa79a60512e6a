import type { Redis } from 'ioredis'
import type { Image } from '../contract/edit.ts'
import { mapByte } from '../contract/edit-state.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { ledgerKeys } from './keys.ts'
import { clock, recount } from './lua.ts'
import { script } from './script.ts'

/** Where a forgotten edit goes on, as its receipts and images tell. Times in epoch ms, money in micro-currency. */
export type Restored =
  | { state: 'queued'; attempt: number; tries: number }
  | {
      state: 'uncertain'
      attempt: number
      tries: number
      lane: string
      fingerprint: string
      intentAt: number
      leaseUntil: number
      reserved: number
    }
  | {
      state: 'running'
      attempt: number
      tries: number
      lane: string
      taskId: string
      submittedAt: number
      reserved: number
    }
  | {
      state: 'rendered'
      attempt: number
      tries: number
      lane?: string
      taskId?: string
      images: Image[]
      billed: number
    }

const restoreScript = script(`#!lua
local prefix, id, byte = ARGV[1], ARGV[2], ARGV[3]
local fields = cjson.decode(ARGV[4])
${clock}${recount}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local flat = { 'version', '1', 'createdAt', int(now), 'updatedAt', int(now) }
for name, value in pairs(fields) do flat[#flat + 1] = name; flat[#flat + 1] = value end
redis.call('HSET', KEYS[1], unpack(flat))
redis.call('ZADD', prefix .. ':due', int(now), id)
recount(prefix, fields.batch, fields.row, nil, fields.state, byte)
local lane = fields.lane and prefix .. ':lane:' .. fields.lane
if fields.state == 'running' or fields.state == 'uncertain' then redis.call('ZADD', lane .. ':running', int(now), id) end
if fields.state == 'uncertain' then redis.call('HSETNX', lane .. ':uncertain', fields.fingerprint, id) end
-- its images are in the bucket: nothing is about to die
if fields.state == 'rendered' then redis.call('ZADD', prefix .. ':rendered', int(now + 86400000), id) end
if fields.taskId then redis.call('SET', prefix .. ':task:' .. fields.lane .. ':' .. fields.taskId, id, 'EX', 172800, 'NX') end
for _, kind in ipairs({ 'reserved', 'billed' }) do
  local amount = tonumber(fields[kind] or 0)
  if amount > 0 then
    redis.call('HINCRBY', prefix .. ':spend:' .. fields.producer, kind, int(amount))
    if fields.batch ~= '' then redis.call('HINCRBY', prefix .. ':batch:' .. fields.batch, kind, int(amount)) end
  end
end
return 1
`)

/** Writes an edit that the ledger has forgotten; one that it knows is left as it is. Its wake-up is the sweep's. */
export async function restore(
  redis: Redis,
  prefix: string,
  edit: NewEdit,
  at: Restored,
): Promise<'restored' | 'known'> {
  const { request, row, ...rest } = edit
  const fields = Object.entries({ ...rest, row, request, ...at }).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
  const args = [prefix, edit.id, mapByte[at.state], JSON.stringify(Object.fromEntries(fields))]
  return (await restoreScript(redis, [ledgerKeys(prefix).edit(edit.id)], args)) === 1 ? 'restored' : 'known'
}
