--- @include "steer-batch"
--- @include "tell"
-- Why a batch or a producer stands still. Each reason is a flag of its own, so that the end of one ends no other: a person's is
-- `pausedAt`, the others are in `stops`, by reason, each { at, untilAt, detail }, and what it would
-- need to go on where money is short (budgets.lua). One with an `untilAt` ends by itself then
-- (end-stops.lua).

-- Sets a reason, or without a `stop` ends it. Answers whether it was otherwise before. What is set again stays since its
-- first time.
local function setReason(name, reason, stop)
  if reason == 'person' then
    if stop then return redis.call('HSETNX', name, 'pausedAt', int(now)) == 1 end
    return redis.call('HDEL', name, 'pausedAt') == 1
  end
  local text = redis.call('HGET', name, 'stops')
  local stops = text and cjson.decode(text) or {}
  local before = stops[reason]
  if not before and not stop then return false end
  stops[reason] = stop and { at = before and before.at or int(now), untilAt = stop.untilAt, detail = stop.detail,
    needs = stop.needs, currency = stop.currency }
  if next(stops) then
    redis.call('HSET', name, 'stops', cjson.encode(stops))
  else
    redis.call('HDEL', name, 'stops')
  end
  return not before or not stop
end

-- `what` is batch or producer. Noted where a stop ends by itself, and the note taken away where it has ended.
local function noteEnd(what, id, reason, stop)
  local note = what .. ' ' .. id .. ' ' .. reason
  if stop and stop.untilAt then
    redis.call('ZADD', key.stopEnds, stop.untilAt, note)
  elseif reason ~= 'person' then
    redis.call('ZREM', key.stopEnds, note)
  end
end

local function tellStop(what, id, producer, reason, stop)
  local turn = stop and 'paused' or 'resumed'
  tell(producer, {
    type = 'restyle.' .. what .. '.' .. turn, id = id .. '-' .. turn .. '-' .. reason .. '-' .. int(now), subject = id,
    data = { [what] = id, reason = reason, at = int(now), untilAt = stop and stop.untilAt, detail = stop and stop.detail },
  })
end

-- Nothing of a batch is fed or admitted while a reason stops it; its edits in Redis follow. Answers whether that is new.
local function stopBatch(batch, producer, reason, stop, quiet)
  local name = key.batch(batch)
  local changed = setReason(name, reason, stop)
  noteEnd('batch', batch, reason, stop)
  if not changed then return false end
  batchFlags[batch] = nil
  placeResting(batch, producer, isStopped(name))
  if not quiet then tellStop('batch', batch, producer, reason, stop) end
  return true
end

-- The same for all that a producer has.
local function stopProducer(producer, reason, stop)
  local changed = setReason(key.producer(producer), reason, stop)
  noteEnd('producer', producer, reason, stop)
  if not changed then return false end
  producers[producer] = nil
  for _, model in ipairs(redis.call('SMEMBERS', key.models)) do placeProducer(model, producer) end
  tellStop('producer', producer, producer, reason, stop)
  return true
end
