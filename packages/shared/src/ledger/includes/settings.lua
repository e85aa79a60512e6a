--- @include "enter-state"
-- What an admin has set for a producer, each version of it numbered; the bucket has all of them.

-- `settings`: version; weight; zone; caps (JSON as text, by kind and currency) and capsSet (as they were set), or absent;
-- rate, places and openEdits, or absent: numbers that no script reads.
-- Answers whether they are newer than what is there.
local function applySettings(name, producer, settings)
  local found = redis.call('HMGET', name, 'settings', 'zone')
  if tonumber(found[1] or 0) >= settings.version then return false end
  redis.call('HSET', name, 'settings', int(settings.version), 'weight', int(settings.weight), 'zone', settings.zone)
  redis.call('HDEL', name, 'caps', 'capsSet', 'rate', 'places', 'openEdits')
  if settings.caps then redis.call('HSET', name, 'caps', settings.caps, 'capsSet', settings.capsSet) end
  for _, limit in ipairs({ 'rate', 'places', 'openEdits' }) do
    if settings[limit] then redis.call('HSET', name, limit, int(settings[limit])) end
  end
  if (found[2] or 'UTC') ~= settings.zone then redis.call('HDEL', name, 'days') end
  producers[producer] = nil
  goOnProducer(producer, true)
  return true
end
