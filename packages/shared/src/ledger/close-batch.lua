#!lua flags=allow-oom
-- Says how many rows a batch has; from then on it can end, and rows that were held go. Must not close one of which rows are
-- missing. Works when Redis is out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, total
-- answers  { closed, accepted }, { known, accepted }, { mismatch, accepted }: it has taken another number of rows; or
--          { none, 0 }: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'accepted', 'total', 'held')
local producer, accepted, total = found[1], tonumber(found[2] or 0), tonumber(found[3] or -1)
if not producer then return { 'none', 0 } end
if total >= 0 then return { total == ask.total and 'known' or 'mismatch', accepted } end
if accepted ~= ask.total then return { 'mismatch', accepted } end
redis.call('HSET', KEYS[1], 'total', int(ask.total))
redis.call('SREM', key.unclosed, ask.batch)
for _, field in ipairs(found[4] and redis.call('HKEYS', KEYS[1]) or {}) do
  local model, class = string.match(field, '^fed:([^:]+):([^:]+)$')
  if model then
    joinResting(ask.batch, model, class, producer)
    noteHunger(model, class, producer)
  end
end
endedBatches[ask.batch] = producer
commit()
return { 'closed', accepted }
