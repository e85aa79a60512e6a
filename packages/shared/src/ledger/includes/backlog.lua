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
-- A tag says what a producer has had of a model: the cost of its images by its weight. A clock is the lowest tag of those
-- who wait. Who comes back from idle begins there: it has saved nothing up, and owes nothing. Bulk has a clock of its own:
-- it gets less than the others, so that by its clock a newcomer among those would have a lead.

-- What one image adds to the tag of a producer of weight 1; one of weight 1,000 pays 1,000. Costs are whole: a part would
-- be lost in a large tag.
local imageCost = 1000000
-- Beyond it all tags and clocks of a model go down by as much: a double holds whole numbers up to twice as much.
local highestTag = 2 ^ 52

-- The weight counts as it is now: a change of it touches nothing in the backlog.
local function costOf(producer, images)
  return math.floor(images * imageCost / producerFacts(producer).weight + 0.5)
end

local function tagOf(model, producer)
  return tonumber(redis.call('HGET', key.tags(model), producer) or -highestTag)
end

local function clockOf(class)
  if class == 'bulk' then return 'nowOfBulk', { 'bulk' } end
  return 'now', { 'interactive', 'standard' }
end

local fairs = {}

-- A model's clocks, what bulk is owed, how many edits are queued, and how many of them have sources that travel. Read once in
-- a script, and written once, by `commit`.
local function fairOf(model)
  if not fairs[model] then
    local names, fair = { 'now', 'nowOfBulk', 'owedToBulk', 'waiting', 'travels' }, {}
    for i, number in ipairs(redis.call('HMGET', key.fair(model), unpack(names))) do fair[names[i]] = tonumber(number or 0) end
    fairs[model] = fair
  end
  return fairs[model]
end

local changedFairs = {}

local function setFair(model, field, number)
  if fairOf(model)[field] == number then return end
  fairOf(model)[field] = number
  changedFairs[model] = changedFairs[model] or {}
  changedFairs[model][field] = true
end

local function writeFairs()
  for model, fields in pairs(changedFairs) do
    local flat = {}
    for field in pairs(fields) do
      flat[#flat + 1] = field
      flat[#flat + 1] = int(fairOf(model)[field])
    end
    redis.call('HSET', key.fair(model), unpack(flat))
  end
end

-- Counts an edit that has come to be queued, or is not any more.
local function countQueued(fields, by)
  local fair = fairOf(fields.model)
  setFair(fields.model, 'waiting', fair.waiting + by)
  if fields.travels then setFair(fields.model, 'travels', fair.travels + by) end
end

local function isWaiting(model, classes, producer)
  for _, class in ipairs(classes) do
    if redis.call('ZSCORE', key.backlog(model, class), producer) then return true end
  end
  return false
end

-- `classes`: those in which somebody waits, where that is known.
local function setTag(model, producer, tag, classes)
  redis.call('HSET', key.tags(model), producer, int(tag))
  for _, class in ipairs(classes or fact.classes) do redis.call('ZADD', key.backlog(model, class), 'XX', int(tag), producer) end
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
    tag = math.max(tag, fairOf(model)[clock])
    setTag(model, producer, tag)
  end
  redis.call('ZADD', key.backlog(model, class), 'NX', int(tag), producer)
end

local secondsUntil2025 = 1735689600
-- So many of a priority's places, 31 years of them: nine priorities fill the whole numbers that a double holds.
local secondsOfPriority = 1000000000

-- A place in the order of a producer: first the higher priority, then the older, then `within` its second, below 2,000,000.
local function placeOf(priority, micros, within)
  local second = math.min(math.floor(micros / 1000000) - secondsUntil2025, secondsOfPriority - 1)
  return int(((9 - priority) * secondsOfPriority + second) * 1000000 + within)
end

local batches = {}

-- The priority of a batch, and when (µs) it was opened, or the second after that which it has for itself.
local function batchFacts(batch)
  if not batches[batch] then
    local facts = redis.call('HMGET', key.batch(batch), 'priority', 'createdAt', 'later')
    batches[batch] = { priority = facts[1] or 5, micros = ((facts[2] or now) + (facts[3] or 0) * 1000) * 1000 }
  end
  return batches[batch]
end

-- Where a new edit, the `i`th of its call, stands among its producer's.
local function orderOf(fields, i)
  if fields.batch == '' then return placeOf(fields.priority or 5, nowMicros, nowMicros % 1000000 + i) end
  local batch = batchFacts(fields.batch)
  return placeOf(batch.priority, batch.micros, tonumber(fields.row))
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
  countQueued(fields, -1)
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

-- The cost of what a producer has had: charged when one of its edits is admitted, and the same given back when nothing
-- was submitted. `tag` and `classes` are what is known of it already. Answers its new tag.
local function charge(model, producer, cost, tag, classes)
  tag = (tag or tagOf(model, producer)) + cost
  setTag(model, producer, tag, classes)
  return tag
end

local function enterBacklog(fields, plan)
  countQueued(fields, 1)
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
