#!lua
-- Makes queued edits of resting rows. Must not touch a row that does not rest.
--
-- KEYS[1]  the batch
-- KEYS[2…] the edits, in the order of `edits`
-- ARGV[1]  JSON: prefix, batch, model, class; from, to: the rows that were looked at, `to` is the first that was not; edits:
--          those of the lot among them, each all of its fields as text
-- answers  { fed, how many } or { stale, from }: somebody else has fed these rows
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local batch = ask.batch
local cursor = 'fed:' .. ask.model .. ':' .. ask.class
local found = redis.call('HMGET', KEYS[1], 'producer', cursor, 'createdAt', 'canceledAt', 'pausedAt')
local producer, at = found[1], tonumber(found[2] or -1)
if at ~= ask.from or found[4] or found[5] then return { 'stale', at } end
local bytes = redis.call('GETRANGE', key.batchMap(batch), int(ask.from), int(ask.to - 1))
local fed = 0
for i, fields in ipairs(ask.edits) do
  local place = tonumber(fields.row) - ask.from + 1
  if string.sub(bytes, place, place) == fact.restingByte then
    fields.createdAt = found[3]
    fields.order = orderOf(fields, i)
    enterState(newRecord(KEYS[i + 1], fields), 'queued', ask)
    fed = fed + 1
  end
end
redis.call('HSET', KEYS[1], cursor, int(ask.to))
commit()
leaveResting(batch, ask.model, ask.class, producer)
appease(ask.model, ask.class, producer)
return { 'fed', fed }
