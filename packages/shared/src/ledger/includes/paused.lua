--- @include "clock"
--- @include "tally"
-- What is stopped or canceled. Each level, and on it each reason, has a flag of its own, so that the end of one ends no other:
-- `pausedAt` is a person's, `stops` holds all others (stops.lua). A lane's pause concerns the lane, and is asked in
-- lane-room.lua.
local batchFlags, producers = {}, {}

local function readFlags(batch)
  local flags = batchFlags[batch]
    or redis.call('HMGET', key.batch(batch), 'pausedAt', 'canceledAt', 'stops', 'budget', 'closesAt')
  batchFlags[batch] = flags
  return flags
end

-- Whether an edit's batch is stopped, and since when it is canceled (text); false where it is not.
local function flagsOfBatch(fields)
  local batch = batchOf(fields)
  if not batch then return false, false end
  local flags = readFlags(batch)
  -- whoever stops it when its window closes may be late
  local closed = flags[5] and tonumber(flags[5]) <= now
  return flags[1] or flags[3] or (closed and flags[5]) or false, flags[2]
end

-- What an edit's batch may cost: { currency, micros }; nil where it has no budget.
local function budgetOf(fields)
  local batch = batchOf(fields)
  local text = batch and readFlags(batch)[4]
  return text and cjson.decode(text) or nil
end

-- Whether an edit stays out of the backlog: it is paused, or its batch is stopped or canceled.
local function isPaused(fields)
  if fields.pausedAt then return true end
  local stopped, canceled = flagsOfBatch(fields)
  return (stopped or canceled) ~= false
end

-- What is said of a producer: whether anything stops it, its caps (JSON), when its days begin (text), and its weight.
local function producerFacts(producer)
  if not producers[producer] then
    local found = redis.call('HMGET', key.producer(producer), 'pausedAt', 'stops', 'caps', 'days', 'weight')
    producers[producer] = {
      stopped = (found[1] or found[2]) ~= false, caps = found[3], days = found[4], weight = tonumber(found[5] or 1),
    }
  end
  return producers[producer]
end

-- Whether none of a producer's edits may go.
local function isPausedProducer(producer) return producerFacts(producer).stopped end
