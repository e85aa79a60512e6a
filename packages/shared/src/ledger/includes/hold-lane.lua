--- @include "clock"
-- What an edit holds of its lane follows from its state, so no crash leaks a slot: entering a state takes what it
-- holds, leaving it frees what it held, and whoever waits for that is told in one message.

-- How long an edit held its slot, how many images it asked for, whether it goes again, and when that was: what forecasts are
-- made from. What a person ended or holds says nothing.
local function noteSlotTime(fields, to)
  if not fields.intentAt or (to ~= 'rendered' and to ~= 'failed' and to ~= 'queued') then return end
  local name, again = key.slotTimes(fields.lane), to == 'queued' and '1' or '0'
  local facts = { int(now - fields.intentAt), fields.n or '1', again, int(now) }
  -- trimmed now and then: one command less for each edit
  if redis.call('LPUSH', name, table.concat(facts, ' ')) >= 2 * fact.mostSeen then
    redis.call('LTRIM', name, 0, fact.mostSeen - 1)
  end
end

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
    if from == 'running' then noteSlotTime(fields, to) end
  end

  if from == 'rendered' and to ~= from then freed[#freed + 1] = 'copies' end
  if #freed > 0 then redis.call('PUBLISH', key.freed(lane), table.concat(freed, ' ')) end
end
