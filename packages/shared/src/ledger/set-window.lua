#!lua flags=allow-oom
-- Says until when the window of a batch is open, or that it is closed until then. What admits compares `closesAt` itself, so
-- that nothing is submitted outside where this comes late. Must not touch another reason that stops the batch.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch; closesAt (epoch ms), as text: when it closes, or closes after it has opened again; stop: {
--          untilAt, detail }, as text, where it is closed
-- answers  { done, mark }: its edits in Redis follow (settle-batch.lua); { same }: it was so before; or { none }: the batch has
--          ended, or is not there
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "stops"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'completedAt', 'window', 'closesAt')
local producer = found[1]
if not producer or found[2] or found[3] or not found[4] then
  redis.call('ZREM', key.windows, ask.batch)
  return { 'none' }
end
redis.call('HSET', KEYS[1], 'closesAt', ask.closesAt)
redis.call('ZADD', key.windows, ask.closesAt, ask.batch)
batchFlags[ask.batch] = nil
-- what was about to be admitted since has stepped aside
local closed = tonumber(found[5] or 0) <= now
if not stopBatch(ask.batch, producer, 'window', ask.stop) and not closed then return { 'same' } end
commit()
return { 'done', unsettle(ask.batch) }
