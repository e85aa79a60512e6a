#!lua
-- Makes a group of consumers, sets it otherwise, or removes it with all that belongs to it. Must not move one that is there
-- to another place in the stream.
--
-- KEYS[1]  the group
-- ARGV[1]  JSON: prefix, producer, name; remove: true where it goes; at: after which event a new one begins; visibleMs, tries:
--          absent where they stay; most: how many groups a producer may have
-- answers  { made }, { set }: it was there, { removed }, { none }: there is nothing to remove, or { full }
local ask = cjson.decode(ARGV[1])
--- @include "event-group"

local names, isThere = key.eventGroups(producer), redis.call('EXISTS', KEYS[1]) == 1
if ask.remove then
  redis.call('SREM', names, name)
  redis.call('UNLINK', KEYS[1], taken, tries, dead, kept)
  return { isThere and 'removed' or 'none' }
end
if not isThere then
  if redis.call('SCARD', names) >= ask.most then return { 'full' } end
  redis.call('SADD', names, name)
  redis.call('HSET', KEYS[1], 'at', ask.at, 'createdAt', int(now))
end
for _, field in ipairs({ 'visibleMs', 'tries' }) do
  if ask[field] then redis.call('HSET', KEYS[1], field, int(ask[field])) end
end
return { isThere and 'set' or 'made' }
