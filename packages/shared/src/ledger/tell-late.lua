#!lua
-- Notes whether a batch is expected to end after it should be done, and tells its producer when that begins: once, until it is
-- expected in time again. Must not tell of a batch that has ended, nor change anything else of it.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch; late: whether it is; from, to (epoch ms): when its end is expected
-- answers  `told`, `same`, or `over`: there is nothing to watch any more
local ask = cjson.decode(ARGV[1])
--- @include "tell"

local found = redis.call('HMGET', KEYS[1], 'producer', 'finishBy', 'completedAt', 'canceledAt', 'lateAt')
local producer, finishBy, lateAt = found[1], found[2], found[5]
if not producer or not finishBy or found[3] or found[4] then
  redis.call('ZREM', key.finishBy, ask.batch)
  return 'over'
end
if not ask.late then
  if lateAt then redis.call('HDEL', KEYS[1], 'lateAt') end
  return 'same'
end
if lateAt then return 'same' end
redis.call('HSET', KEYS[1], 'lateAt', int(now))
local times = redis.call('HINCRBY', KEYS[1], 'lates', 1)
tell(producer, {
  type = 'restyle.batch.late', id = ask.batch .. '-late-' .. int(times), subject = ask.batch,
  data = { batch = ask.batch, finishBy = finishBy, from = int(ask.from), to = int(ask.to) },
})
return 'told'
