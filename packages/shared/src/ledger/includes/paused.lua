--- @include "clock"
--- @include "tally"
-- What a person has paused or canceled. Each level has a flag of its own, so that the end of one pause ends no other. A
-- lane's pause concerns the lane, and is asked in lane-room.lua.
local batchFlags, producerFlags = {}, {}

-- Since when an edit's batch is paused and canceled (text); false where it is not.
local function flagsOfBatch(fields)
  local batch = batchOf(fields)
  if not batch then return false, false end
  local flags = batchFlags[batch] or redis.call('HMGET', key.batch(batch), 'pausedAt', 'canceledAt')
  batchFlags[batch] = flags
  return flags[1], flags[2]
end

-- Whether an edit stays out of the backlog: it or its batch is paused, or its batch is canceled.
local function isPaused(fields)
  if fields.pausedAt then return true end
  local paused, canceled = flagsOfBatch(fields)
  return (paused or canceled) ~= false
end

-- Whether none of a producer's edits may go.
local function isPausedProducer(producer)
  if producerFlags[producer] == nil then
    producerFlags[producer] = redis.call('HEXISTS', key.producer(producer), 'pausedAt') == 1
  end
  return producerFlags[producer]
end
