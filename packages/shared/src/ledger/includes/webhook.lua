--- @include "tell"
-- Where a producer's events end: the newest cursor, how many there ever were, and how many of these are gone.
local function endOfEvents(producer)
  local name = key.events(producer)
  if redis.call('EXISTS', name) == 0 then return '0-0', 0, 0 end
  local info, facts = redis.call('XINFO', 'STREAM', name), {}
  for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
  local added = facts['entries-added']
  return facts['last-generated-id'], added, added - facts.length
end

-- Whether one cursor is after another.
local function isAfter(left, right)
  local function parts(cursor)
    local ms, number = string.match(cursor, '^(%d+)-?(%d*)$')
    return tonumber(ms), tonumber(number) or 0
  end
  local leftMs, leftNumber = parts(left)
  local rightMs, rightNumber = parts(right)
  return leftMs > rightMs or (leftMs == rightMs and leftNumber > rightNumber)
end

-- The cursor of the oldest event that is kept.
local function oldestEvent(producer)
  local first = redis.call('XRANGE', key.events(producer), '-', '+', 'COUNT', 1)[1]
  return first and first[1]
end

-- Puts a webhook after `cursor`. `read`: how many events are up to there, which only some places tell.
local function placeWebhook(name, producer, after)
  local last, added, gone = endOfEvents(producer)
  local cursor, read = after, nil
  if after == 'now' or after == last then
    cursor, read = last, added
  elseif isAfter(after, last) then
    -- the events are of another life: Redis has forgotten those of the cursor
    cursor, read = '0-0', gone
  else
    local oldest = oldestEvent(producer)
    if oldest == nil then
      read = gone
    elseif isAfter(oldest, after) then
      read = gone
    end
  end
  redis.call('HSET', name, 'cursor', cursor)
  if read then redis.call('HSET', name, 'read', int(read)) else redis.call('HDEL', name, 'read') end
  return cursor
end

-- It is looked after from now on.
local function remindOfWebhook(producer, id)
  redis.call('ZADD', key.webhooks, int(now), producer .. ' ' .. id)
end

-- Ends whatever run of failures there was.
local function forgetFailures(name)
  redis.call('HDEL', name, 'failures', 'failingSince', 'notBefore', 'slow')
end
