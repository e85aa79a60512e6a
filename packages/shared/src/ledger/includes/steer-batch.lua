--- @include "backlog"
-- Steers a batch as a whole: its flag first, which every script heeds at once; its edits in Redis are then brought in line with
-- it in slices (settle-batch.lua). Until that is done the batch is among the unsettled.

-- Its lots, each { model, class }.
local function lotsOf(batch)
  local lots, seen = {}, {}
  for _, field in ipairs(redis.call('HKEYS', key.batch(batch))) do
    local model, class = string.match(field, '^fed:(.+):(%l+)$')
    if not model then model, class = string.match(field, '^waits:(.+):(%l+)$') end
    if model and not seen[model .. class] then
      seen[model .. class] = true
      lots[#lots + 1] = { model, class }
    end
  end
  return lots
end

-- Whether any reason stops a batch or a producer; `name` is its key.
local function isStopped(name)
  local found = redis.call('HMGET', name, 'pausedAt', 'stops')
  return (found[1] or found[2]) ~= false
end

-- Takes the batch out of what is fed, or puts it back.
local function placeResting(batch, producer, pause)
  for _, lot in ipairs(lotsOf(batch)) do
    if pause then
      redis.call('ZREM', key.resting(lot[1], lot[2], producer), batch)
    else
      joinResting(batch, lot[1], lot[2], producer)
      leaveResting(batch, lot[1], lot[2], producer)
    end
    -- those behind it may be hungry now, or it itself
    noteHunger(lot[1], lot[2], producer)
  end
end

-- Answers the mark by which the end of a pass over its edits is known to be that of the newest order.
local function unsettle(batch)
  local mark = int(nowMicros)
  redis.call('HSET', key.unsettled, batch, mark)
  return mark
end
