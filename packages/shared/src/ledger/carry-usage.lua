#!lua
-- Takes over lines of a producer's day from the bucket's record: what they have more than was counted here is carried beside
-- it. Must not count anything twice, however often it is asked.
--
-- KEYS[1]  the producer's day
-- ARGV[1]  JSON: prefix, producer; lines: at most 500, each { name, sum }
-- answers  0
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

for _, line in ipairs(ask.lines) do
  local found = redis.call('HMGET', KEYS[1], line.name, 'carried ' .. line.name)
  local more = line.sum - tonumber(found[1] or 0) - tonumber(found[2] or 0)
  if more > 0 then
    local amount = string.match(line.name, '^%S+')
    tally(KEYS[1], 'carried ' .. line.name, more)
    tally(KEYS[1], amount, more)
    -- a producer has no sum of what was released
    if string.sub(amount, 1, 8) ~= 'released' then tally(key.spend(ask.producer), amount, more) end
  end
end
commit()
return 0
