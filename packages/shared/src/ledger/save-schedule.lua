#!lua flags=allow-oom
-- Saves a schedule as it was decided, and what its history and its producer hear of that, all or nothing. Must not write
-- over what somebody else has saved since it was read. Works when Redis is out of memory: a tick that was decided is noted.
--
-- KEYS[1]  the schedule
-- ARGV[1]  JSON: prefix, producer, name; version: the one that was read, '' for a new one; schedule (its JSON), absent where
--          it is removed; wakeAt (epoch ms), when it is to be looked at again; entries of its history, each { id, at, text };
--          events, each { type, id, subject, data as JSON }; most: how many schedules a producer may have; kept: entries of
--          the history that stay
-- answers  { saved, version }, { stale }: it is not as it was read, or { full }: the producer has too many
local ask = cjson.decode(ARGV[1])
--- @include "tell"

local producer, name = ask.producer, ask.name
local known = redis.call('HGET', KEYS[1], 'version') or ''
if known ~= ask.version then return { 'stale' } end
local own, wakes, member = key.schedulesOf(producer), key.schedules, producer .. ' ' .. name
local runs, order = key.scheduleRuns(producer, name), key.scheduleOrder(producer, name)

for _, event in ipairs(ask.events) do tellText(producer, event) end
if not ask.schedule then
  redis.call('UNLINK', KEYS[1], runs, order)
  redis.call('SREM', own, name)
  redis.call('ZREM', wakes, member)
  return { 'saved', '' }
end
if known == '' then
  if redis.call('SCARD', own) >= ask.most then return { 'full' } end
  redis.call('SADD', own, name)
end
-- one that is removed and made anew gets no version twice
local version = int(nowMicros)
if version == known then version = int(nowMicros + 1) end
redis.call('HSET', KEYS[1], 'version', version, 'schedule', ask.schedule)
redis.call('ZADD', wakes, int(ask.wakeAt), member)
for _, entry in ipairs(ask.entries) do
  redis.call('HSET', runs, entry.id, entry.text)
  redis.call('ZADD', order, 'NX', int(entry.at), entry.id)
end
local over = redis.call('ZCARD', order) - ask.kept
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', order, 0, over - 1)) do
    redis.call('ZREM', order, id)
    redis.call('HDEL', runs, id)
  end
end
return { 'saved', version }
