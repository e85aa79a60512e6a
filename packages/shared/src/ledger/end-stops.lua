#!lua flags=allow-oom
-- Ends the stops whose time is over, a bounded number in each call. Must not end one that was given a later time meanwhile.
--
-- KEYS[1]  the ends of stops
-- ARGV[1]  JSON: prefix
-- answers  how many have ended
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local ended = 0
for _, note in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', int(now), 'BYSCORE', 'LIMIT', 0, 50)) do
  local what, id, reason = string.match(note, '^(%l+) (%S+) (%l+)$')
  redis.call('ZREM', KEYS[1], note)
  if what == 'producer' then
    if stopProducer(id, reason) then ended = ended + 1 end
  else
    local producer = redis.call('HGET', key.batch(id), 'producer')
    if producer and stopBatch(id, producer, reason) then
      unsettle(id)
      ended = ended + 1
    end
  end
end
commit()
return ended
