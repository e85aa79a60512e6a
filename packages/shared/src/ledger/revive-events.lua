#!lua flags=allow-oom
-- Has dead events of a group handed out again, from the first try on, or drops them for good. Must not have more of them out
-- than may be. Works when Redis is out of memory: it frees some.
--
-- KEYS[1]  the group
-- KEYS[2]  the producer's events
-- ARGV[1]  JSON: prefix, producer, name; cursors; drop: true where they are dropped; most: how many events may be out
-- answers  { none }: there is no such group, or { settled, how many }
local ask = cjson.decode(ARGV[1])
--- @include "event-group"

if redis.call('EXISTS', KEYS[1]) == 0 then return { 'none' } end
local settled = 0
for _, id in ipairs(ask.cursors) do
  if not ask.drop and redis.call('ZCARD', taken) >= ask.most then break end
  local fields = exhume(id)
  if fields then
    settled = settled + 1
    if not ask.drop then
      -- the stream may have forgotten it
      if #redis.call('XRANGE', KEYS[2], id, id) == 0 then redis.call('HSET', kept, id, cjson.encode(fields)) end
      redis.call('HSET', tries, id, '0')
      redis.call('ZADD', taken, int(now), id)
    end
  end
end
return { 'settled', settled }
