--- @include "backlog"
-- Sources that have to travel are made ready before their edit is admitted: a slot must not idle meanwhile. Each such edit
-- is one worker's to prepare, for as long as it says so.
local claimMs = 15000

-- The first `depth` edits of a producer, in its order.
local function firstOf(model, class, producer, depth)
  local ids = {}
  for _, alike in ipairs(redis.call('ZRANGE', key.groups(model, class, producer), 0, depth - 1)) do
    for _, id in ipairs(redis.call('ZRANGE', key.group(model, class, producer, alike), 0, depth - 1)) do
      ids[#ids + 1] = id
      if #ids == depth then return ids end
    end
  end
  return ids
end

-- Ids of edits that this worker may prepare now, those of several producers in turn; and of those that it prepares, the
-- ones that are no longer queued.
local function lookAhead(ask)
  local wanted, gone, claims = {}, {}, key.preparing(ask.lane)
  if ask.ahead == 0 then return wanted, gone end
  for _, id in ipairs(ask.released) do redis.call('ZREM', claims, id) end
  local kept = 0
  for _, id in ipairs(ask.preparing) do
    local found = redis.call('HMGET', key.edit(id), 'state', 'batch', 'pausedAt', 'producer')
    local fields = { batch = found[2], pausedAt = found[3], producer = found[4] }
    if found[1] == 'queued' and not isPaused(fields) and not isPausedProducer(fields.producer) then
      redis.call('ZADD', claims, int(now + claimMs), id)
      kept = kept + 1
    else
      redis.call('ZREM', claims, id)
      gone[#gone + 1] = id
    end
  end
  -- looked for only now and then: to look costs more than to prepare a few at once
  if fairOf(ask.model).travels == 0 or kept > ask.ahead / 2 then return wanted, gone end
  redis.call('ZREMRANGEBYSCORE', claims, '-inf', int(now))
  for _, class in ipairs(classOrder(ask.model)) do
    local lists = {}
    for i, producer in ipairs(redis.call('ZRANGE', key.backlog(ask.model, class), 0, ask.ahead)) do
      lists[i] = firstOf(ask.model, class, producer, ask.ahead)
    end
    for depth = 1, ask.ahead do
      for _, ids in ipairs(lists) do
        if kept + #wanted >= ask.ahead then return wanted, gone end
        local id = ids[depth]
        if id and redis.call('HGET', key.edit(id), 'travels') == '1' and not redis.call('ZSCORE', claims, id) then
          redis.call('ZADD', claims, int(now + claimMs), id)
          wanted[#wanted + 1] = id
        end
      end
    end
  end
  return wanted, gone
end
