--- @include "clock"
--- @include "tally"
--- @include "resting"
--- @include "paused"
-- The backlog: who may go next, by fair share. Only what may go is in it, so that whoever asks looks at its head.
--
-- Three sorted sets lead to an edit: the producers of a model and class by their tags; a producer's groups by their
-- first edits; a group's edits by their order. A group holds edits that are alike: a lost answer could not tell them
-- apart, so one uncertain submit holds back the whole group, and nobody walks over its edits.
--
-- A tag says how many images of a model a producer has had. A clock is the lowest tag of those who wait. Who comes back
-- from idle begins there: it has saved nothing up, and owes nothing. Bulk has a clock of its own: it gets less than the
-- others, so that by its clock a newcomer among those would have a lead.
local function tagOf(model, producer)
  return tonumber(redis.call('HGET', key.tags(model), producer) or 0)
end

local function clockOf(class)
  if class == 'bulk' then return 'nowOfBulk', { 'bulk' } end
  return 'now', { 'interactive', 'standard' }
end

local function virtualNow(model, clock)
  return tonumber(redis.call('HGET', key.fair(model), clock) or 0)
end

local function isWaiting(model, classes, producer)
  for _, class in ipairs(classes) do
    if redis.call('ZSCORE', key.backlog(model, class), producer) then return true end
  end
  return false
end

local function setTag(model, producer, tag)
  redis.call('HSET', key.tags(model), producer, int(tag))
  for _, class in ipairs(fact.classes) do redis.call('ZADD', key.backlog(model, class), 'XX', int(tag), producer) end
end

local entered = {}

-- A producer that has something to go again.
local function enterProducer(model, class, producer)
  local place = model .. class .. producer
  if entered[place] then return end
  entered[place] = true
  redis.call('SADD', key.models, model)
  if isPausedProducer(producer) then return end
  local tag = tagOf(model, producer)
  local clock, classes = clockOf(class)
  if not isWaiting(model, classes, producer) then
    tag = math.max(tag, virtualNow(model, clock))
    setTag(model, producer, tag)
  end
  redis.call('ZADD', key.backlog(model, class), 'NX', int(tag), producer)
end

local secondsUntil2025 = 1735689600
local batchTimes = {}

-- In microseconds.
local function batchTime(batch)
  batchTimes[batch] = batchTimes[batch] or tonumber(redis.call('HGET', key.batch(batch), 'createdAt') or now) * 1000
  return batchTimes[batch]
end

-- Where a new edit, the `i`th of its call, stands among its producer's: first the older, then by row. Centuries of
-- seconds, and a million rows or microseconds in each, fit into a score.
local function orderOf(fields, i)
  local batch = fields.batch ~= '' and fields.batch
  local time = batch and batchTime(batch) or nowMicros
  local within = batch and tonumber(fields.row) or time % 1000000 + i
  local second = math.floor(time / 1000000) - secondsUntil2025
  return int(second * 1e6 + within)
end

-- Models whose backlog has something new to offer, or will have.
local grown = {}

local function joinBacklog(fields)
  local model, class, producer = whereOf(fields)
  local groups, group = key.groups(model, class, producer), key.group(model, class, producer, fields.alike)
  redis.call('ZADD', group, fields.order, fields.id)
  redis.call('ZADD', groups, 'LT', fields.order, fields.alike)
  enterProducer(model, class, producer)
  grown[model] = true
end

-- Takes an edit out of its group, where it is in it; a group and a producer with nothing left go too.
local function leaveGroup(fields)
  local model, class, producer = whereOf(fields)
  local groups, group = key.groups(model, class, producer), key.group(model, class, producer, fields.alike)
  if redis.call('ZREM', group, fields.id) == 0 then return false end
  local first = redis.call('ZRANGE', group, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', groups, first[2], fields.alike)
  elseif redis.call('ZREM', groups, fields.alike) == 1 and redis.call('EXISTS', groups) == 0 then
    redis.call('ZREM', key.backlog(model, class), producer)
  end
  return true
end

-- An edit that is not queued any more.
local function leaveBacklog(fields)
  tally(key.fair(fields.model), 'waiting', -1)
  if leaveGroup(fields) then
    countLot(fields, 'waits', -1)
  else
    redis.call('ZREM', key.later(fields.model), fields.id)
    countLot(fields, 'aside', -1)
  end
end

-- A queued edit that is paused: it is in no list until it comes back.
local function stepAside(fields)
  redis.call('ZREM', key.later(fields.model), fields.id)
  if not leaveGroup(fields) then return end
  countLot(fields, 'waits', -1)
  countLot(fields, 'aside', 1)
end

-- A queued edit that may be paused no longer. One that is in a list already stays there.
local function comeBack(fields)
  local model, class, producer = whereOf(fields)
  local group, later = key.group(model, class, producer, fields.alike), key.later(model)
  if isPaused(fields) or redis.call('ZSCORE', group, fields.id) or redis.call('ZSCORE', later, fields.id) then return end
  countLot(fields, 'aside', -1)
  countLot(fields, 'waits', 1)
  joinBacklog(fields)
end

-- The producers of each class without this one, where it is paused; with it, where it is not any more and has something.
local function placeProducer(model, producer)
  for _, class in ipairs(fact.classes) do
    if isPausedProducer(producer) then
      redis.call('ZREM', key.backlog(model, class), producer)
    elseif redis.call('EXISTS', key.groups(model, class, producer)) == 1 then
      enterProducer(model, class, producer)
      grown[model] = true
    end
  end
end

-- Whether a pause came after an edit had joined the backlog; then it, or its producer, is taken out now.
local function isHeldBack(fields)
  if isPausedProducer(fields.producer) then
    redis.call('SADD', key.models, fields.model)
    placeProducer(fields.model, fields.producer)
    return true
  end
  if not isPaused(fields) then return false end
  stepAside(fields)
  -- here, since the call may end without writing anything else
  writeLots()
  return true
end

-- What a producer has had: charged when one of its edits is admitted, given back when nothing was submitted.
local function charge(model, producer, images)
  setTag(model, producer, tagOf(model, producer) + images)
end

local function enterBacklog(fields, plan)
  tally(key.fair(fields.model), 'waiting', 1)
  if (plan.afterMs or 0) > 0 then
    redis.call('ZADD', key.later(fields.model), int(now + plan.afterMs), fields.id)
    countLot(fields, 'aside', 1)
    grown[fields.model] = true
  elseif isPaused(fields) then
    countLot(fields, 'aside', 1)
  else
    countLot(fields, 'waits', 1)
    joinBacklog(fields)
  end
end

-- Whoever waits for an edit to go is told once for all that came.
local function announceBacklog()
  for model in pairs(grown) do redis.call('PUBLISH', key.grown(model), '') end
end
