#!lua flags=allow-oom
-- Reads what a webhook is to be sent next. What was trimmed away before it could be sent is told, once, as a gap. Must not change
-- where the webhook is. Works when Redis is out of memory: what is delivered makes room.
--
-- KEYS[1]  the webhook
-- ARGV[1]  JSON: prefix, id; most: how many events that are due are given; restMs: when somebody looks again at the latest
-- answers  { none }, or { taken, now (epoch ms), the webhook's fields, cursors of events that are due, what was tried of
--          each, how many wait for another attempt, ids and JSON of its replays, the gap that was told: its first and last
--          cursor and how many events, or nothing }
local ask = cjson.decode(ARGV[1])
--- @include "webhook"

local name, id = KEYS[1], ask.id
local producer = redis.call('HGET', name, 'producer')
if not producer then return { 'none' } end
local disabled = redis.call('HGET', name, 'disabled')
local member = producer .. ' ' .. id
if disabled then
  redis.call('ZREM', key.webhooks, member)
else
  redis.call('ZADD', key.webhooks, int(now + ask.restMs), member)
end

-- What is missing between its cursor and the oldest event that is kept.
local function gapOf(cursor, read)
  local last, added, gone = endOfEvents(producer)
  if gone == 0 then return nil end
  local oldest = oldestEvent(producer) or last
  if not isAfter(oldest, cursor) then return nil end
  if read and gone <= read then return nil end
  -- told once: nothing is missing from there on
  redis.call('HSET', name, 'read', int(gone))
  local missed = read and int(gone - read) or ''
  local data = { webhook = id, after = cursor, ['until'] = oldest }
  if read then data.missed = gone - read end
  tell(producer, {
    type = 'restyle.webhook.gap', id = id .. '-gap-' .. cursor, subject = id, data = data,
  })
  return { cursor, oldest, missed }
end

local gap = {}
local cursor, read = unpack(redis.call('HMGET', name, 'cursor', 'read'))
if not disabled and #redis.call('XRANGE', key.events(producer), cursor, cursor, 'COUNT', 1) == 0 then
  gap = gapOf(cursor, tonumber(read)) or {}
end

local retries = key.webhookRetries(id)
local due = redis.call('ZRANGEBYSCORE', retries, '-inf', int(now), 'LIMIT', 0, ask.most)
local tried = {}
if #due > 0 then tried = redis.call('HMGET', key.webhookTries(id), unpack(due)) end
return {
  'taken', int(now), redis.call('HGETALL', name), due, tried, redis.call('ZCARD', retries),
  redis.call('HGETALL', key.webhookReplays(id)), gap,
}
