#!lua
-- Gives a batch another priority, and its open edits their new places, a part of them in each call. Must not change a state or
-- a version, nor the order of edits within the batch.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, priority; cursor: '0' in the first call, then what the last one answered
-- answers  { set, cursor }: '0' where all edits have their places; or { none }: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "record"
--- @include "backlog"

local batch = ask.batch
local producer = redis.call('HGET', KEYS[1], 'producer')
if not producer then return { 'none' } end
if ask.cursor == '0' then
  redis.call('HSET', KEYS[1], 'priority', int(ask.priority))
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    local model, class = string.match(field, '^fed:(%S+):(%a+)$')
    if model and redis.call('ZSCORE', key.resting(model, class, producer), batch) then
      joinResting(batch, model, class, producer)
      noteHunger(model, class, producer)
    end
  end
end

-- another call may have set another priority since the first one of this: the batch's counts
local found = redis.call('SSCAN', key.openEdits(batch), ask.cursor, 'COUNT', 200)
for _, id in ipairs(found[2]) do
  local name = key.edit(id)
  local fields = readRecord(name).fields
  if fields.id then
    local model, class = whereOf(fields)
    local group, groups = key.group(model, class, producer, fields.alike), key.groups(model, class, producer)
    local order = orderOf(fields, 0)
    redis.call('HSET', name, 'order', order)
    if redis.call('ZADD', group, 'XX', 'CH', order, id) == 1 then
      redis.call('ZADD', groups, redis.call('ZRANGE', group, 0, 0, 'WITHSCORES')[2], fields.alike)
    end
  end
end
return { 'set', found[1] }
