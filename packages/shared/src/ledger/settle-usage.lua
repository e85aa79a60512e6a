#!lua flags=allow-oom
-- Notes that the bucket has a record of a producer's day. Must not forget a change that came after it was read. Works when Redis
-- is out of memory.
--
-- KEYS[1]  the days that have changed
-- ARGV[1]  JSON: prefix, day: `producer day`; at: when (epoch µs, as text) it had changed when it was read; keptSeconds
-- answers  1, or 0: it has changed since
local ask = cjson.decode(ARGV[1])

local producer, day = string.match(ask.day, '^(%S+) (%S+)$')
redis.call('EXPIRE', key.usage(producer, day), ask.keptSeconds)
local at = redis.call('ZSCORE', KEYS[1], ask.day)
if not at or tonumber(at) ~= tonumber(ask.at) then return 0 end
redis.call('ZREM', KEYS[1], ask.day)
return 1
