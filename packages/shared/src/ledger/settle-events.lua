#!lua flags=allow-oom
-- Ends what a group has handed out, or has it handed out again later. Must not give back what another consumer has by now.
-- Works when Redis is out of memory: it frees some.
--
-- KEYS[1]  the group
-- ARGV[1]  JSON: prefix, producer, name; acks: cursors; again: each { cursor, tries: how often it was handed out then };
--          afterMs: when those are handed out again, absent for the time that the group gives; untried: true where that one
--          does not count; visibleMs: where the group does not say
-- answers  { none }: there is no such group, or { settled, how many }
local ask = cjson.decode(ARGV[1])
--- @include "event-group"

if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
local settled = 0
for _, id in ipairs(ask.acks) do settled = settled + forget(id) end
local afterMs = ask.afterMs or redis.call('HGET', KEYS[1], 'visibleMs') or ask.visibleMs
for _, one in ipairs(ask.again) do
  if redis.call('HGET', tries, one.cursor) == int(one.tries) then
    if ask.untried then redis.call('HINCRBY', tries, one.cursor, '-1') end
    redis.call('ZADD', taken, 'XX', int(now + afterMs), one.cursor)
    settled = settled + 1
  end
end
return { 'settled', settled }
