#!lua flags=allow-oom
-- Pauses or resumes a producer: none of its edits goes. Must not look at its edits, however many there are.
--
-- KEYS[1]  the producer
-- ARGV[1]  JSON: prefix, producer, pause: true or false
-- answers  since when (epoch ms) it is paused; 0 where it is not
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

if ask.pause then
  redis.call('HSETNX', KEYS[1], 'pausedAt', int(now))
else
  redis.call('HDEL', KEYS[1], 'pausedAt')
end
for _, model in ipairs(redis.call('SMEMBERS', key.models)) do placeProducer(model, ask.producer) end
commit()
return tonumber(redis.call('HGET', KEYS[1], 'pausedAt') or 0)
