#!lua flags=allow-oom
-- Notes that rows of a batch cannot be read: it is not fed for a while, and other batches of its producer are. Must not lose
-- the turn of either. Works when Redis is out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, model, class, producer, ms
-- answers  0
local ask = cjson.decode(ARGV[1])
--- @include "resting"

redis.call('HSET', KEYS[1], 'unreadUntil', int(now + ask.ms))
appease(ask.model, ask.class, ask.producer)
return 0
