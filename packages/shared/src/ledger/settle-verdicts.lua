#!lua flags=allow-oom
-- Notes that the bucket has the verdicts of a batch, or of an edit that came alone. Must not forget a change that came after they
-- were read. Works when Redis is out of memory.
--
-- KEYS[1]  those whose verdicts have changed
-- ARGV[1]  JSON: prefix, id; at: when (epoch µs, as text) they had changed when they were read
-- answers  1, or 0: they have changed since
local ask = cjson.decode(ARGV[1])

local at = redis.call('ZSCORE', KEYS[1], ask.id)
if not at or tonumber(at) ~= tonumber(ask.at) then return 0 end
redis.call('ZREM', KEYS[1], ask.id)
return 1
