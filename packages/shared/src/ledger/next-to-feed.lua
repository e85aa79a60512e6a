#!lua
-- Chooses whose resting rows are fed next, and gives them to the caller for five seconds. Must not give the same rows to two
-- callers at a time, nor move a cursor past a row that rests.
--
-- KEYS[1]  the hungry lots
-- ARGV[1]  JSON: prefix
-- answers  { feed, batch, model, class, producer, from, room }: up to `room` rows of that lot, from row `from` on; or
--          { none, ms }: nobody is hungry, and when to ask again (below 0: nobody can say)
local ask = cjson.decode(ARGV[1])
--- @include "resting"

local claimMs, mostLooks = 5000, 100

for _ = 1, mostLooks do
  local name = redis.call('ZRANGE', KEYS[1], '-inf', int(now), 'BYSCORE', 'LIMIT', 0, 1)[1]
  if not name then break end
  local model, class, producer, more = string.match(name, '^(%S+) (%S+) (%S+)(.*)$')
  local past = more ~= ''
  local batch, from, room, accepted = nextToFeed(model, class, producer, past)
  if not batch and from and not past then
    redis.call('ZADD', KEYS[1], int(from), name)
  elseif not batch then
    redis.call('ZREM', KEYS[1], name)
  else
    local first = firstResting(batch, from, accepted)
    if first > from then redis.call('HSET', key.batch(batch), 'fed:' .. model .. ':' .. class, int(first)) end
    if first < accepted then
      if past then
        -- whoever asks for an edit says so again as long as it is so
        redis.call('ZREM', KEYS[1], name)
      else
        redis.call('ZADD', KEYS[1], int(now + claimMs), name)
      end
      return { 'feed', batch, model, class, producer, first, room }
    end
    leaveResting(batch, model, class, producer)
  end
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { 'none', first[2] and math.max(1, math.ceil(first[2] - now)) or -1 }
