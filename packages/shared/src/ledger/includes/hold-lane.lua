--- @include "clock"
-- What an edit holds of its lane follows from its state, so no crash leaks a slot: entering a state takes what it
-- holds, leaving it frees what it held, and whoever waits for that is told in one message.
local function holdLane(fields, from, to)
  local lane, id, freed = fields.lane, fields.id, {}
  if not lane then return end

  if to == 'submitting' then
    redis.call('ZADD', key.posting(lane), int(now), id)
  elseif from == 'submitting' and redis.call('ZREM', key.posting(lane), id) == 1 then
    freed[#freed + 1] = 'posting'
  end

  if fact.holdsFingerprint(to) then
    if not fact.holdsFingerprint(from) then redis.call('HSETNX', key.uncertain(lane), fields.fingerprint, id) end
  elseif fact.holdsFingerprint(from) and redis.call('HGET', key.uncertain(lane), fields.fingerprint) == id then
    redis.call('HDEL', key.uncertain(lane), fields.fingerprint)
    freed[#freed + 1] = 'uncertain'
  end

  -- whether a backlog moves is seen by this
  if to == 'running' and from ~= to then redis.call('HSET', key.accepted, lane, int(now)) end

  if fact.holdsSlot(to) then
    if not fact.holdsSlot(from) then redis.call('ZADD', key.running(lane), int(now), id) end
  elseif fact.holdsSlot(from) and redis.call('ZREM', key.running(lane), id) == 1 then
    freed[#freed + 1] = 'slot'
  end

  if from == 'rendered' and to ~= from then freed[#freed + 1] = 'copies' end
  if #freed > 0 then redis.call('PUBLISH', key.freed(lane), table.concat(freed, ' ')) end
end
