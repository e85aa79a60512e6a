#!lua
-- Has a webhook be sent events once more: a range of them, what it skipped while it was disabled, single ones, or one of its own
-- that tests it. Must not touch where the webhook is.
--
-- KEYS[1]  the webhook
-- ARGV[1]  JSON: prefix, id; kind: range, skipped, hand or test; spans: of a range, each { after, until }; cursors: of single
--          events; mostReplays, mostAsked, mostRetries: bounds
-- answers  { none }, { disabled }: only a test is sent then, { full }: too much of this waits already, or
--          { replays, how many, then for single events which cursors are not there, for a test its cursor and event id }
local ask = cjson.decode(ARGV[1])
--- @include "webhook"

local name, id = KEYS[1], ask.id
local producer, disabled = unpack(redis.call('HMGET', name, 'producer', 'disabled'))
if not producer then return { 'none' } end
if disabled and ask.kind ~= 'test' then return { 'disabled' } end
local retries, tries, replays = key.webhookRetries(id), key.webhookTries(id), key.webhookReplays(id)

local function byHand(cursor, because)
  -- before all that is due by its time
  redis.call('ZADD', retries, 0, cursor)
  if because == 'test' or redis.call('HEXISTS', tries, cursor) == 0 then
    redis.call('HSET', tries, cursor, cjson.encode({ attempts = 0, because = because }))
  end
end

if ask.kind == 'test' or ask.kind == 'hand' then
  local asked = ask.kind == 'test' and 1 or #ask.cursors
  if redis.call('ZCOUNT', retries, 0, 0) + asked > ask.mostAsked then return { 'full' } end
  if ask.kind == 'hand' and redis.call('ZCARD', retries) >= ask.mostRetries then return { 'full' } end
  redis.call('ZADD', key.webhooks, int(now), producer .. ' ' .. id)
  if ask.kind == 'test' then
    local number = int(redis.call('HINCRBY', name, 'tests', 1))
    local event = id .. '-test-' .. int(now) .. '-' .. number
    tell(producer, { type = 'restyle.webhook.test', id = event, subject = id, data = { webhook = id } })
    local cursor = endOfEvents(producer)
    byHand(cursor, 'test')
    return { 'replays', 1, cursor, event }
  end
  local missing = {}
  for _, cursor in ipairs(ask.cursors) do
    if #redis.call('XRANGE', key.events(producer), cursor, cursor, 'COUNT', 1) == 1 then
      byHand(cursor, 'hand')
    else
      missing[#missing + 1] = cursor
    end
  end
  return { 'replays', asked - #missing, missing }
end

local spans = ask.spans
if ask.kind == 'skipped' then spans = cjson.decode(redis.call('HGET', name, 'skipped') or '[]') end
if redis.call('HLEN', replays) + #spans > ask.mostReplays then return { 'full' } end
if ask.kind == 'skipped' then redis.call('HDEL', name, 'skipped') end
for _, span in ipairs(spans) do
  redis.call('HSET', replays, int(redis.call('HINCRBY', name, 'logged', 1)), cjson.encode(span))
end
redis.call('ZADD', key.webhooks, int(now), producer .. ' ' .. id)
return { 'replays', #spans }
