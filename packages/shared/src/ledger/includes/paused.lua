--- @include "clock"
--- @include "tally"
-- What a person has paused. Each level has a flag of its own, so that the end of one pause ends no other. A lane's pause
-- concerns the lane, and is asked in lane-room.lua.
local batchFlags, producerFlags = {}, {}

-- Whether an edit stays out of the backlog: it or its batch is paused, or its batch is canceled.
local function isPaused(fields)
  if fields.pausedAt then return true end
  local batch = batchOf(fields)
  if not batch then return false end
  if batchFlags[batch] == nil then
    local found = redis.call('HMGET', key.batch(batch), 'pausedAt', 'canceledAt')
    batchFlags[batch] = (found[1] or found[2]) ~= false
  end
  return batchFlags[batch]
end

-- Whether none of a producer's edits may go.
local function isPausedProducer(producer)
  if producerFlags[producer] == nil then
    producerFlags[producer] = redis.call('HEXISTS', key.producer(producer), 'pausedAt') == 1
  end
  return producerFlags[producer]
end
