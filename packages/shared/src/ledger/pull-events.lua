#!lua flags=allow-oom
-- Hands out events of a group, each for a while: first those that were handed out before and not acknowledged in time, then
-- new ones. One that was handed out too often dies: it is put aside, whole. Must not take new ones while too many are out, and
-- must not pass over what is no longer kept without saying so. Works when Redis is out of memory.
--
-- KEYS[1]  the group
-- KEYS[2]  the producer's events
-- ARGV[1]  JSON: prefix, producer, name; limit; bytes: after how many no more are added; most: how many may be out;
--          mostDead, mostDeadBytes; visibleMs and mostTries, where the group does not say; seenGap: the end of a gap that its
--          reader knows of
-- answers  { none }: there is no such group; { stuck }: one must die, and too many are dead; or { events, the last event that
--          was taken, in how many ms one can be handed out again or '', '1' where too many are out, start and end of what is
--          no longer kept or '', the events }, each { cursor, how often it was handed out, its fields }
local ask = cjson.decode(ARGV[1])
--- @include "event-group"

local at, visibleMs, mostTries, gapAfter, gapUpTo =
  unpack(redis.call('HMGET', KEYS[1], 'at', 'visibleMs', 'tries', 'gapAfter', 'gapUpTo'))
if not at then return { 'none' } end
local visibleAt = int(now + (visibleMs or ask.visibleMs))
mostTries = tonumber(mostTries or ask.mostTries)

local function partsOf(cursor)
  local ms, number = string.match(cursor, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(number)
end

local function isBefore(left, right)
  local leftMs, leftNumber = partsOf(left)
  local rightMs, rightNumber = partsOf(right)
  if leftMs ~= rightMs then return leftMs < rightMs end
  return leftNumber < rightNumber
end

local function placeBefore(cursor)
  local ms, number = partsOf(cursor)
  if number > 0 then return int(ms) .. '-' .. int(number - 1) end
  return int(ms - 1) .. '-9999999999999999'
end

-- What is no longer kept is told until its reader says that it knows.
local function miss(after, upTo)
  if not gapAfter or isBefore(after, gapAfter) then gapAfter = after end
  if not gapUpTo or isBefore(gapUpTo, upTo) then gapUpTo = upTo end
  redis.call('HSET', KEYS[1], 'gapAfter', gapAfter, 'gapUpTo', gapUpTo)
end
if gapUpTo and ask.seenGap == gapUpTo then
  redis.call('HDEL', KEYS[1], 'gapAfter', 'gapUpTo')
  gapAfter, gapUpTo = nil, nil
end

local function fieldsOf(id)
  local entry = redis.call('XRANGE', KEYS[2], id, id)[1]
  if entry then return entry[2] end
  local text = redis.call('HGET', kept, id)
  return text and cjson.decode(text)
end

local function bury(id, fields)
  local bytes = tonumber(redis.call('HGET', KEYS[1], 'deadBytes') or 0)
  local size = sizeOf(fields)
  if redis.call('HLEN', dead) >= ask.mostDead or bytes + size > ask.mostDeadBytes then return false end
  local record = { tries = tonumber(redis.call('HGET', tries, id)), at = int(now), fields = fields }
  redis.call('HSET', dead, id, cjson.encode(record))
  redis.call('HINCRBY', KEYS[1], 'deadBytes', int(size))
  forget(id)
  return true
end

local out, bytes = {}, 0
local function handOut(id, fields)
  bytes = bytes + sizeOf(fields)
  if #out > 0 and bytes > ask.bytes then return false end
  redis.call('ZADD', taken, visibleAt, id)
  out[#out + 1] = { id, redis.call('HINCRBY', tries, id, 1), fields }
  return true
end

local isStuck = false
for _, id in ipairs(redis.call('ZRANGE', taken, '-inf', int(now), 'BYSCORE', 'LIMIT', 0, int(ask.limit))) do
  local fields = fieldsOf(id)
  if not fields then
    miss(placeBefore(id), id)
    forget(id)
  elseif tonumber(redis.call('HGET', tries, id) or 0) >= mostTries then
    isStuck = isStuck or not bury(id, fields)
  elseif not handOut(id, fields) then
    break
  end
end
if isStuck and #out == 0 then return { 'stuck' } end

local isFull = redis.call('ZCARD', taken) >= ask.most
local room = math.min(ask.limit - #out, ask.most - redis.call('ZCARD', taken))
if not isStuck and room > 0 then
  local forgotten = redis.call('GET', key.trimmed(producer))
  if forgotten and isBefore(at, forgotten) then
    miss(at, forgotten)
    at = forgotten
  end
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '(' .. at, '+', 'COUNT', int(room))) do
    if not handOut(entry[1], entry[2]) then break end
    at = entry[1]
  end
end
redis.call('HSET', KEYS[1], 'at', at, 'pulledAt', int(now))
local _, soonest = unpack(redis.call('ZRANGE', taken, 0, 0, 'WITHSCORES'))
local again = soonest and int(math.max(soonest - now, 0)) or ''
return { 'events', at, again, isFull and '1' or '', gapAfter or '', gapUpTo or '', out }
