#!lua flags=allow-oom
-- Takes one token of a limiter. Must not wait: whoever gets none asks again later. Works when Redis is out of memory:
-- a task that was paid for is asked about whatever else fails.
--
-- KEYS[1]  the limiter
-- ARGV[1]  JSON: intervalMicros, burst
-- answers  0, or the milliseconds until there is a token
local ask = cjson.decode(ARGV[1])
--- @include "tokens"

return takeToken(KEYS[1], ask.intervalMicros, ask.burst)
