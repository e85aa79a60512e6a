#!lua
-- Opens a batch; its rows come afterwards. Must not touch a batch that is there already.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix; batch: id, producer, name, bodyHash, as text; catalog and rowsDigest, where it has them; total, where
--          it is known already; held, where its rows go when it is closed; createdAt (epoch ms), where it was opened before;
--          finishBy (epoch ms), where it should be done by then; window, closesAt and stops, where it has hours; opensAt (epoch ms), where these have not begun
-- answers  `created`, `known` (the same id with the same body) or `conflict` (with another body)
local ask = cjson.decode(ARGV[1])
--- @include "record"
--- @include "clock"

-- A place in the backlog tells the second of a batch and the row in it: rows of two batches with one second would mix. So each
-- batch of a producer has a second of its own, as soon after its own as one is free. Answers how many seconds after it.
local function secondsLater(producer, ms)
  local name, second, mostLater, mostKept = key.opened(producer), math.floor(ms / 1000), 1000, 1000
  for later = 0, mostLater do
    if redis.call('ZADD', name, 'NX', int(second + later), int(second + later)) == 1 then
      redis.call('ZREMRANGEBYRANK', name, 0, -1 - mostKept)
      redis.call('EXPIRE', name, 86400)
      return later
    end
  end
  return 0
end

local batch = ask.batch
local known = redis.call('HGET', KEYS[1], 'bodyHash')
if known then return known == ask.batch.bodyHash and 'known' or 'conflict' end
batch.createdAt = batch.createdAt or int(now)
local later = secondsLater(batch.producer, tonumber(batch.createdAt))
if later > 0 then batch.later = int(later) end
-- the bytes of a batch that was forgotten never have a version that they had before
batch.mapVersion = int(nowMicros)
-- of a batch no text is cut
redis.call('HSET', KEYS[1], unpack(newRecord(KEYS[1], batch).written))
if batch.closesAt then redis.call('ZADD', key.windows, batch.closesAt, batch.id) end
if ask.opensAt then redis.call('ZADD', key.stopEnds, ask.opensAt, 'batch ' .. batch.id .. ' window') end
redis.call('ZADD', key.batches(batch.producer), batch.createdAt, batch.id)
if batch.finishBy then redis.call('ZADD', key.finishBy, batch.finishBy, batch.id) end
if not batch.total then redis.call('SADD', key.unclosed, batch.id) end
return 'created'
