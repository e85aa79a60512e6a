#!lua flags=allow-oom
-- A worker says that it serves a lane, and what it has measured of it. Works when Redis is out of memory. Must not grow with
-- workers that come and go: what those said that are gone is dropped.
--
-- KEYS[1]  that a worker serves the lane
-- ARGV[1]  JSON: lane, how, keptMs; worker and figures, where it has measured any
-- answers  0
local ask = cjson.decode(ARGV[1])
--- @include "clock"

redis.call('SET', KEYS[1], ask.how, 'PX', ask.keptMs)
if not ask.worker then return 0 end
local name = key.laneFigures(ask.lane)
local said = redis.call('HGETALL', name)
for i = 1, #said, 2 do
  local at = tonumber(said[i + 1]:match('^%d+') or 0)
  if at < now - ask.keptMs then redis.call('HDEL', name, said[i]) end
end
redis.call('HSET', name, ask.worker, int(now) .. ' ' .. ask.figures)
redis.call('PEXPIRE', name, ask.keptMs)
return 0
