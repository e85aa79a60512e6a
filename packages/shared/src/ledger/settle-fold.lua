#!lua flags=allow-oom
-- Ends a look at what was to be folded. Must not forget a row that has ended meanwhile. Works when Redis is out of memory.
--
-- KEYS[1]  the slices, or the batches whose files are to be written, with the number of their end as `first`
-- ARGV[1]  JSON: prefix, batch, first, at: as `next-to-fold` answered; againMs: when to look again, below 0 where nothing
--          is left to fold
-- answers  1: nothing is left; the time of its next turn; or 0: a row has ended since, and the slice is looked at for it
local ask = cjson.decode(ARGV[1])
--- @include "clock"

local slice = ask.batch .. ' ' .. int(ask.first)
if tonumber(redis.call('ZSCORE', KEYS[1], slice)) ~= ask.at then return 0 end
if ask.againMs < 0 then
  redis.call('ZREM', KEYS[1], slice)
  return 1
end
local at = int(now - ask.keptMs + ask.againMs)
redis.call('ZADD', KEYS[1], at, slice)
return at
