--- @include "clock"
--- @include "tally"
-- What is stopped or canceled. Each level, and on it each reason, has a flag of its own, so that the end of one ends no other:
-- `pausedAt` is a person's, `stops` holds all others (stops.lua). A lane's pause concerns the lane, and is asked in
-- lane-room.lua.
local batchFlags, producerFlags = {}, {}

-- Whether an edit's batch is stopped, and since when it is canceled (text); false where it is not.
local function flagsOfBatch(fields)
  local batch = batchOf(fields)
  if not batch then return false, false end
  local flags = batchFlags[batch] or redis.call('HMGET', key.batch(batch), 'pausedAt', 'canceledAt', 'stops', 'closesAt')
  batchFlags[batch] = flags
  -- whoever stops it when its window closes may be late
  local closed = flags[4] and tonumber(flags[4]) <= now
  return flags[1] or flags[3] or (closed and flags[4]) or false, flags[2]
end

-- Whether an edit stays out of the backlog: it is paused, or its batch is stopped or canceled.
local function isPaused(fields)
  if fields.pausedAt then return true end
  local stopped, canceled = flagsOfBatch(fields)
  return (stopped or canceled) ~= false
end

-- Whether none of a producer's edits may go.
local function isPausedProducer(producer)
  if producerFlags[producer] == nil then
    local found = redis.call('HMGET', key.producer(producer), 'pausedAt', 'stops')
    producerFlags[producer] = (found[1] or found[2]) ~= false
  end
  return producerFlags[producer]
end
