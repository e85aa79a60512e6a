#!lua flags=allow-oom
-- Records a round of deliveries: where the webhook is, what waits for another attempt, what the log says, and whether it is
-- disabled, with the event of that. Must not record what somebody else has settled meanwhile: that one's outcome counts.
-- Works when Redis is out of memory: it is bounded, and what is delivered must not be sent again.
--
-- KEYS[1]  the webhook
-- ARGV[1]  JSON: prefix, id; turn: of the webhook as it was read; cursor: where it is now, absent where it was not moved;
--          entries: how many events lie between; outcomes, each { cursor, delivered, counts: whether it says something of
--          the endpoint, gone, inMs: when it is tried again, absent: not, tried and row as JSON }; pauseMs: nothing is sent for
--          so long; slow; replays: where each is now, by its id, '' where it is done; disableAfterMs; told: the data of the
--          event if it is disabled; kept: how many lines of each log stay
-- answers  { settled }, { disabled, why }, { stale } or { none }
local ask = cjson.decode(ARGV[1])
--- @include "webhook"

local name, id = KEYS[1], ask.id
local producer, turn, disabled = unpack(redis.call('HMGET', name, 'producer', 'turn', 'disabled'))
if not producer then return { 'none' } end
if turn ~= ask.turn then return { 'stale' } end
redis.call('HINCRBY', name, 'turn', 1)

if ask.cursor then
  redis.call('HSET', name, 'cursor', ask.cursor)
  local last, added = endOfEvents(producer)
  if ask.cursor == last then
    redis.call('HSET', name, 'read', int(added))
  elseif redis.call('HEXISTS', name, 'read') == 1 then
    redis.call('HINCRBY', name, 'read', int(ask.entries))
  end
end

local retries, tries = key.webhookRetries(id), key.webhookTries(id)
local successes, failures, gone = 0, 0, false
for _, outcome in ipairs(ask.outcomes) do
  if outcome.inMs and not outcome.delivered then
    redis.call('ZADD', retries, int(now + outcome.inMs), outcome.cursor)
    redis.call('HSET', tries, outcome.cursor, outcome.tried)
  else
    redis.call('ZREM', retries, outcome.cursor)
    redis.call('HDEL', tries, outcome.cursor)
  end
  if outcome.row then
    local kind = outcome.delivered and 'delivered' or 'failed'
    local log = key.webhookLog(id, kind)
    redis.call('ZADD', log, redis.call('HINCRBY', name, 'logged', 1), outcome.row)
    redis.call('ZREMRANGEBYRANK', log, 0, -(ask.kept[kind] + 1))
    redis.call('HINCRBY', name, kind, 1)
    redis.call('HSET', name, outcome.delivered and 'lastDeliveredAt' or 'lastFailedAt', int(now))
  end
  if outcome.counts and outcome.delivered then successes = successes + 1 end
  if outcome.counts and not outcome.delivered then failures = failures + 1 end
  gone = gone or outcome.gone
end

for replay, place in pairs(ask.replays) do
  local all = key.webhookReplays(id)
  if place == '' then
    redis.call('HDEL', all, replay)
  elseif redis.call('HEXISTS', all, replay) == 1 then
    redis.call('HSET', all, replay, place)
  end
end

local why = gone and 'gone'
if successes > 0 then
  forgetFailures(name)
elseif failures > 0 then
  redis.call('HINCRBY', name, 'failures', failures)
  redis.call('HSETNX', name, 'failingSince', int(now))
  local since = tonumber(redis.call('HGET', name, 'failingSince'))
  if now - since >= ask.disableAfterMs then why = why or 'failing' end
end
if ask.slow then redis.call('HSET', name, 'slow', '1') else redis.call('HDEL', name, 'slow') end
if ask.pauseMs then redis.call('HSET', name, 'notBefore', int(now + ask.pauseMs)) end
if not why or disabled then return { 'settled' } end

redis.call('HSET', name, 'disabled', why, 'disabledAt', int(now))
redis.call('ZREM', key.webhooks, producer .. ' ' .. id)
ask.told.reason = why
tell(producer, {
  type = 'restyle.webhook.disabled', id = id .. '-disabled-' .. ask.turn, subject = id, data = ask.told,
})
return { 'disabled', why }
