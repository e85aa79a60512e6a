#!lua flags=no-writes
-- Lists what a producer has made, the newest first; those of one millisecond by their ids, backwards.
-- Must not look at more than it answers, however many are of one millisecond.
--
-- KEYS[1]  the index
-- ARGV[1]  JSON: prefix; before: { at, id }, the place after which to go on, or at alone: nothing from then on (epoch ms);
--          limit
-- answers  ids and times in turn
local ask = cjson.decode(ARGV[1])
--- @include "clock"

local index, before = KEYS[1], ask.before
local newer = before.id and '(' .. int(before.at) or int(before.at)
local place = redis.call('ZCOUNT', index, newer, '+inf')
if before.id then
  local tied = redis.call('ZCOUNT', index, int(before.at), int(before.at))
  local low, high = place, place + tied
  while low < high do
    local middle = math.floor((low + high) / 2)
    local id = redis.call('ZRANGE', index, int(middle), int(middle), 'REV')[1]
    if id < before.id then high = middle else low = middle + 1 end
  end
  place = low
end
return redis.call('ZRANGE', index, int(place), int(place + ask.limit - 1), 'REV', 'WITHSCORES')
