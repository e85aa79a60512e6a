import type { Redis } from 'ioredis'
import { mapByte } from '../contract/edit-state.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { ledgerKeys } from './keys.ts'
import { clock, recount } from './lua.ts'
import { script } from './script.ts'

export type Accepted = 'accepted' | 'same' | 'conflict'

const acceptEdits = script(`#!lua
local prefix, dueIn, byte = ARGV[1], tonumber(ARGV[2]), ARGV[3]
${clock}${recount}
local answers = {}
for i, key in ipairs(KEYS) do
  local fields = cjson.decode(ARGV[3 + i])
  local known = redis.call('HGET', key, 'bodyHash')
  if known then
    answers[i] = known == fields.bodyHash and 'same' or 'conflict'
  else
    local flat = { 'state', 'queued', 'version', '1', 'createdAt', int(now), 'updatedAt', int(now) }
    for name, value in pairs(fields) do flat[#flat + 1] = name; flat[#flat + 1] = value end
    redis.call('HSET', key, unpack(flat))
    redis.call('ZADD', prefix .. ':due', int(now + dueIn), fields.id)
    recount(prefix, fields.batch, fields.row, nil, 'queued', byte)
    answers[i] = 'accepted'
  end
end
return answers
`)

/**
 * Writes new edits, all of one call at once. An id that exists keeps what it has: `same` where the body is the same,
 * `conflict` where it is not. So a caller who lost the answer may ask again.
 */
export async function accept(
  redis: Redis,
  prefix: string,
  edits: NewEdit[],
  dueInMs = 60_000,
): Promise<Accepted[]> {
  const keys = ledgerKeys(prefix)
  return (await acceptEdits(
    redis,
    edits.map(({ id }) => keys.edit(id)),
    [prefix, dueInMs, mapByte.queued, ...edits.map(fieldsOf)],
  )) as Accepted[]
}

const fieldsOf = ({ request, row, ...rest }: NewEdit): string =>
  JSON.stringify({ ...rest, row: String(row), request: JSON.stringify(request) })
