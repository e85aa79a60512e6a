#!lua flags=allow-oom
-- Forgets events before a cursor. Must not forget one without a note of it, by which readers learn what they have missed. Works
-- when Redis is out of memory: it makes room.
--
-- KEYS[1]  the events of a producer
-- KEYS[2]  the note: the cursor of the last event that is forgotten
-- ARGV[1]  JSON: before
-- answers  how many went
local ask = cjson.decode(ARGV[1])

local last = redis.call('XREVRANGE', KEYS[1], '(' .. ask.before, '-', 'COUNT', 1)[1]
if not last then return 0 end
redis.call('SET', KEYS[2], last[1])
return redis.call('XTRIM', KEYS[1], 'MINID', ask.before)
