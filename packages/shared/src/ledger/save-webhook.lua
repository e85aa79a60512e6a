#!lua flags=allow-oom
-- Saves the settings of a webhook, or removes it. One that is enabled again goes on with what comes from then on; what passed
-- meanwhile is noted as skipped. Must not write over what somebody else has saved since it was read. Works when Redis is out
-- of memory: an endpoint must be stopped at any time.
--
-- KEYS[1]  the webhook
-- ARGV[1]  JSON: prefix, id, producer; version: the one that was read, '' for a new one; settings (their JSON), absent where it
--          is removed; enabled; revision; after: where a new one begins, 'now' or a cursor; afresh: its failures are forgotten;
--          most: how many webhooks a producer may have; mostSkipped: how many ranges are remembered
-- answers  { saved, version }, { stale }: it is not as it was read, or { full }: the producer has too many
local ask = cjson.decode(ARGV[1])
--- @include "webhook"

local name, id, producer = KEYS[1], ask.id, ask.producer
local known = redis.call('HGET', name, 'version') or ''
if known ~= ask.version then return { 'stale' } end
local own, wakes, member = key.webhooksOf(producer), key.webhooks, producer .. ' ' .. id
if not ask.settings then
  redis.call('UNLINK', name, key.webhookRetries(id), key.webhookTries(id), key.webhookReplays(id),
    key.webhookLog(id, 'delivered'), key.webhookLog(id, 'failed'))
  redis.call('SREM', own, id)
  redis.call('ZREM', wakes, member)
  return { 'saved', '' }
end
-- one that is removed and made anew gets no version twice
local version = int(nowMicros)
if version == known then version = int(nowMicros + 1) end
if known == '' then
  if redis.call('SCARD', own) >= ask.most then return { 'full' } end
  redis.call('SADD', own, id)
  redis.call('HSET', name, 'id', id, 'producer', producer, 'turn', '0')
  placeWebhook(name, producer, ask.after)
end
redis.call('HSET', name, 'version', version, 'settings', ask.settings, 'revision', int(ask.revision))
if ask.afresh then forgetFailures(name) end
local disabled = redis.call('HGET', name, 'disabled')
if not ask.enabled and not disabled then
  redis.call('HSET', name, 'disabled', 'person', 'disabledAt', int(now))
  redis.call('ZREM', wakes, member)
elseif ask.enabled and disabled then
  local after = redis.call('HGET', name, 'cursor')
  redis.call('HDEL', name, 'disabled', 'disabledAt')
  redis.call('HINCRBY', name, 'turn', 1)
  forgetFailures(name)
  local last = placeWebhook(name, producer, 'now')
  if isAfter(last, after) then
    local skipped = cjson.decode(redis.call('HGET', name, 'skipped') or '[]')
    skipped[#skipped + 1] = { after = after, ['until'] = last }
    while #skipped > ask.mostSkipped do table.remove(skipped, 1) end
    redis.call('HSET', name, 'skipped', cjson.encode(skipped))
  end
end
if ask.enabled then remindOfWebhook(producer, id) end
return { 'saved', version }
