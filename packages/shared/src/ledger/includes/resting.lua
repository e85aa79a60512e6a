--- @include "clock"
--- @include "tally"
-- Rows that rest in the bucket: whose are fed next, and who is hungry: has too few queued edits while rows of its rest.
--
-- A lot is what a batch has of one model and class. For each lot the batch counts `waits` (queued edits that may go),
-- `aside` (queued ones that wait for a time) and `fed`, its cursor: no row of the lot rests before it. `resting` holds a
-- producer's batches that have rows of a lot resting or waiting, in the order in which they go. A batch that is stopped or
-- canceled is not in it.

-- `past`: hungry although enough is queued: an uncertain submit holds back all of it.
local function hungryName(model, class, producer, past)
  return model .. ' ' .. class .. ' ' .. producer .. (past and ' past' or '')
end

-- By priority, then by time. One that is held comes in when it has its total.
local function joinResting(batch, model, class, producer)
  local found = redis.call('HMGET', key.batch(batch), 'priority', 'createdAt', 'pausedAt', 'canceledAt', 'held', 'total',
    'stops', 'later')
  if found[3] or found[4] or found[7] or (found[5] and not found[6]) then return end
  local place = (9 - (found[1] or 5)) * 1e13 + (found[2] or now) + (found[8] or 0) * 1000
  redis.call('ZADD', key.resting(model, class, producer), int(place), batch)
end

-- Takes a batch out that has nothing of a lot any more, neither resting nor waiting.
local function leaveResting(batch, model, class, producer)
  local lot = model .. ':' .. class
  local found = redis.call('HMGET', key.batch(batch), 'waits:' .. lot, 'fed:' .. lot, 'accepted')
  local waits, fed, accepted = tonumber(found[1] or 0), tonumber(found[2] or math.huge), tonumber(found[3] or 0)
  if waits <= 0 and fed >= accepted then redis.call('ZREM', key.resting(model, class, producer), batch) end
end

-- The first row from `from` on that rests; `to` where none does.
local function firstResting(batch, from, to)
  while from < to do
    local bytes = redis.call('GETRANGE', key.batchMap(batch), int(from), int(math.min(from + 65536, to) - 1))
    local at = string.find(bytes, fact.toFeed)
    if at then return from + at - 1 end
    if #bytes == 0 then return to end
    from = from + #bytes
  end
  return to
end

-- The batch to feed of a producer's lots, its cursor, how many rows to feed, and how many it has taken. Or nil where enough
-- edits are queued, and when to look again, where rows cannot be read now. What is queued of the batches before it counts: it goes first.
local function nextToFeed(model, class, producer, past)
  local lot, queued, enough, again = model .. ':' .. class, 0, past and fact.mostPast or fact.lowMark, nil
  for _, batch in ipairs(redis.call('ZRANGE', key.resting(model, class, producer), 0, fact.lowMark)) do
    local name = key.batch(batch)
    local found = redis.call('HMGET', name, 'waits:' .. lot, 'aside:' .. lot, 'fed:' .. lot, 'accepted', 'unreadUntil')
    local fed, accepted, unread = tonumber(found[3] or math.huge), tonumber(found[4] or 0), tonumber(found[5] or 0)
    local waits = math.max(0, tonumber(found[1] or 0))
    queued = queued + waits
    if queued >= enough then return nil, again end
    local room = fact.mostAside - tonumber(found[2] or 0)
    room = past and math.min(fact.highMark, room - waits) or math.min(fact.highMark - queued, room)
    if fed < accepted and room > 0 then
      if unread <= now then return batch, fed, room, accepted end
      again = math.min(again or unread, unread)
    end
  end
  return nil, again
end

-- Tells the feeders of a producer that has become hungry. One that somebody feeds right now is his for a while.
local function noteHunger(model, class, producer, past)
  local batch, again = nextToFeed(model, class, producer, past)
  local at = batch and now or again
  if not at then return end
  if redis.call('ZADD', key.hungry, 'NX', int(at), hungryName(model, class, producer, past)) == 1 then
    redis.call('PUBLISH', key.hunger, '')
  end
end

-- After some were fed: whoever is hungry still may be fed at once, by anyone.
local function appease(model, class, producer)
  local name = hungryName(model, class, producer)
  local batch, again = nextToFeed(model, class, producer)
  if batch then
    redis.call('ZADD', key.hungry, int(now), name)
    redis.call('PUBLISH', key.hunger, '')
  elseif again then
    redis.call('ZADD', key.hungry, int(again), name)
  else
    redis.call('ZREM', key.hungry, name)
  end
end

-- What a script has changed of the lots, until it is written.
local changedLots = {}

-- `what` is waits or aside.
local function countLot(fields, what, by)
  local batch = batchOf(fields)
  if not batch then return end
  local model, class, producer = whereOf(fields)
  local name = batch .. ' ' .. model .. ' ' .. class
  local lot = changedLots[name]
  if not lot then
    lot = { batch = batch, model = model, class = class, producer = producer, waits = 0, aside = 0 }
    changedLots[name] = lot
  end
  lot[what] = lot[what] + by
end

local function fieldOf(what, lot) return what .. ':' .. lot.model .. ':' .. lot.class end

local function placeLot(lot)
  if lot.waits > 0 and lot.now == lot.waits then joinResting(lot.batch, lot.model, lot.class, lot.producer) end
  if lot.now and lot.now <= 0 then leaveResting(lot.batch, lot.model, lot.class, lot.producer) end
end

-- Writes all counts, those of lots among them, and tells who has become hungry by them.
local function writeLots()
  local changed = changedLots
  changedLots = {}
  for _, lot in pairs(changed) do
    if lot.aside ~= 0 then tally(key.batch(lot.batch), fieldOf('aside', lot), lot.aside) end
    if lot.waits ~= 0 then tally(key.batch(lot.batch), fieldOf('waits', lot), lot.waits) end
  end
  local written = writeTallies()
  for _, lot in pairs(changed) do
    if lot.waits ~= 0 then lot.now = written[key.batch(lot.batch)][fieldOf('waits', lot)] end
    placeLot(lot)
  end
  for _, lot in pairs(changed) do
    local fewer = lot.waits < 0 or lot.aside < 0
    if fewer and (not lot.now or lot.now < fact.lowMark) then noteHunger(lot.model, lot.class, lot.producer) end
  end
end
