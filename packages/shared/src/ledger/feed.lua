#!lua
-- Makes queued edits of resting rows, and of failed rows that are retried. Must not touch a row that does not rest, nor an
-- edit that is there.
--
-- KEYS[1]  the batch
-- KEYS[2…] the edits, in the order of `edits`
-- ARGV[1]  JSON: prefix, batch, model, class; from, to: the rows that were looked at, `to` is the first that was not; edits:
--          those of the lot among them, each all of its fields as text; spared: failed rows that are not retried after
--          all; failures: of retried rows, by the ids of their new edits, how the edit before had failed
-- answers  { fed, how many } or { stale, from }: somebody else has fed these rows
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local batch = ask.batch
local cursor = 'fed:' .. ask.model .. ':' .. ask.class
local found = redis.call('HMGET', KEYS[1], 'producer', cursor, 'createdAt', 'canceledAt', 'pausedAt', 'stops')
local producer, at = found[1], tonumber(found[2] or -1)
if at ~= ask.from or found[4] or found[5] or found[6] then return { 'stale', at } end
local bytes = redis.call('GETRANGE', key.batchMap(batch), int(ask.from), int(ask.to - 1))
local fed = 0
ask.rested = true
for i, fields in ipairs(ask.edits) do
  local place = tonumber(fields.row) - ask.from + 1
  local rests = fields.take and fact.retryByte or fact.restingByte
  if string.sub(bytes, place, place) == rests and not (fields.take and redis.call('EXISTS', KEYS[i + 1]) == 1) then
    fields.createdAt = fields.take and int(now) or found[3]
    local failure = ask.failures[fields.id]
    if failure then countFailure(fields, failure, -1) end
    fields.order = orderOf(fields, i)
    enterState(newRecord(KEYS[i + 1], fields), 'queued', ask)
    fed = fed + 1
  end
end
local failed = 'failed'
for _, row in ipairs(ask.spared) do
  local place = row - ask.from + 1
  if string.sub(bytes, place, place) == fact.retryByte then
    redis.call('SETRANGE', key.batchMap(batch), int(row), fact.byteOf(failed))
    tally(KEYS[1], 'resting', -1)
    countOpen(producer, -1)
    tally(KEYS[1], failed, 1)
    touchPlanes(batch)
    endedBatches[batch] = producer
  end
end
redis.call('HSET', KEYS[1], cursor, int(ask.to))
commit()
leaveResting(batch, ask.model, ask.class, producer)
appease(ask.model, ask.class, producer)
return { 'fed', fed }
