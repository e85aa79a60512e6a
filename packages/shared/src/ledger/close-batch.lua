#!lua flags=allow-oom
-- Says how many rows a batch has; from then on it can end. Must not close one of which rows are missing. Works when Redis is
-- out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, total
-- answers  { closed, accepted }, { known, accepted }, { mismatch, accepted }: it has taken another number of rows; or
--          { none, 0 }: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'accepted', 'total')
local producer, accepted, total = found[1], tonumber(found[2] or 0), tonumber(found[3] or -1)
if not producer then return { 'none', 0 } end
if total >= 0 then return { total == ask.total and 'known' or 'mismatch', accepted } end
if accepted ~= ask.total then return { 'mismatch', accepted } end
redis.call('HSET', KEYS[1], 'total', int(ask.total))
redis.call('SREM', key.unclosed, ask.batch)
endedBatches[ask.batch] = producer
commit()
return { 'closed', accepted }
