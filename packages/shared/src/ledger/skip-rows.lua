#!lua flags=allow-oom
-- Notes that rows of a batch cannot be read: it is not fed for a while, and other batches of its producer are. Must not lose
-- the turn of either, nor take a bucket that is away for rows that are gone. Works when Redis is out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, model, class, producer, ms; from: the row; gone: whether the bucket answered that it does not have
--          them, or has them damaged
-- answers  { tries, ms }: how often in a row, and for how long, these rows were gone
local ask = cjson.decode(ARGV[1])
--- @include "resting"

-- after such a break nobody knows what was meanwhile
local longestBreakMs = 600000

local tries, since = 0, now
if ask.gone then
  local noted = redis.call('HGET', KEYS[1], 'unreadable') or ''
  local row, times, at, last = string.match(noted, '^(%d+) (%d+) (%d+) (%d+)$')
  if row == int(ask.from) and now - last <= longestBreakMs then tries, since = tonumber(times), tonumber(at) end
  tries = tries + 1
  redis.call('HSET', KEYS[1], 'unreadable', table.concat({ int(ask.from), int(tries), int(since), int(now) }, ' '))
else
  redis.call('HDEL', KEYS[1], 'unreadable')
end
redis.call('HSET', KEYS[1], 'unreadUntil', int(now + ask.ms))
appease(ask.model, ask.class, ask.producer)
return { tries, now - since }
