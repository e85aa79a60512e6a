#!lua flags=allow-oom
-- Stops a producer for a reason, or ends that reason: none of its edits goes while any stops it. Must not touch another reason,
-- nor look at its edits, however many there are.
--
-- KEYS[1]  the producer
-- ARGV[1]  JSON: prefix, producer, reason; stop: { untilAt (epoch ms), detail }, both as text and both optional, or absent: it
--          ends
-- answers  { pausedAt, stops }, as its hash has them: since when (epoch ms) a person has paused it, and all other reasons
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

stopProducer(ask.producer, ask.reason, ask.stop)
commit()
return redis.call('HMGET', KEYS[1], 'pausedAt', 'stops')
