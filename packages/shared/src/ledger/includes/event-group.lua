--- @include "clock"
-- A group of consumers of a producer's events: `KEYS[1]`, and what belongs to it.
local producer, name = ask.producer, ask.name
local taken, tries = key.eventGroupTaken(producer, name), key.eventGroupTries(producer, name)
local dead, kept = key.eventGroupDead(producer, name), key.eventGroupKept(producer, name)

-- How many bytes an event has, its fields flat.
local function sizeOf(fields)
  local size = 0
  for _, text in ipairs(fields) do size = size + #text end
  return size
end

-- The group has done with an event.
local function forget(id)
  redis.call('HDEL', tries, id)
  redis.call('HDEL', kept, id)
  return redis.call('ZREM', taken, id)
end

-- Takes an event from the dead, and gives its fields.
local function exhume(id)
  local text = redis.call('HGET', dead, id)
  if not text then return nil end
  local fields = cjson.decode(text).fields
  redis.call('HDEL', dead, id)
  redis.call('HINCRBY', KEYS[1], 'deadBytes', int(-sizeOf(fields)))
  return fields
end
