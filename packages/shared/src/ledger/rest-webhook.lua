#!lua flags=allow-oom
-- Lets a webhook rest if there is nothing to send now, and says when somebody looks again. Must not let it rest while there is
-- an event that it has not been sent. Works when Redis is out of memory.
--
-- KEYS[1]  the webhook
-- ARGV[1]  JSON: prefix, id; cursor: up to where its events were read; full: it takes no new ones now; restMs: how long it rests
--          at most
-- answers  { rests }, { more }: there is something to send, or { none }
local ask = cjson.decode(ARGV[1])
--- @include "webhook"

local name, id = KEYS[1], ask.id
local producer, disabled, notBefore = unpack(redis.call('HMGET', name, 'producer', 'disabled', 'notBefore'))
if not producer then return { 'none' } end
local first = redis.call('ZRANGE', key.webhookRetries(id), 0, 0, 'WITHSCORES')
local dueAt = tonumber(first[2]) or math.huge
if disabled then
  -- but for what somebody asked for by hand
  if dueAt > 0 then return { 'rests' } end
  return { 'more' }
end
local at = math.min(dueAt, now + ask.restMs)
local last = endOfEvents(producer)
local isNew = isAfter(last, ask.cursor) or redis.call('EXISTS', key.webhookReplays(id)) == 1
if isNew and not ask.full then at = now end
at = math.max(at, tonumber(notBefore) or 0)
if dueAt == 0 then at = now end
if at <= now then return { 'more' } end
redis.call('ZADD', key.webhooks, int(at), producer .. ' ' .. id)
return { 'rests' }
