--- @include "backlog"
-- Whose turn it is.

-- Edits, and groups of them, that one call may pass over.
local mostLooks = 100
-- Images by which an interactive producer may be ahead of the others and still go first.
local lead = 20
-- Of so many images that others get while bulk waits, one is bulk.
local bulkEvery = 10

-- Edits whose wait is over go back to where they were.
local function wakeLater(model)
  local later = key.later(model)
  for _, id in ipairs(redis.call('ZRANGE', later, '-inf', int(now), 'BYSCORE', 'LIMIT', 0, 100)) do
    redis.call('ZREM', later, id)
    local name = key.edit(id)
    local edit = readRecord(name)
    -- one that was paused meanwhile comes back when it is resumed
    if edit.fields.state == 'queued' and not isPaused(edit.fields) then
      countLot(edit.fields, 'aside', -1)
      countLot(edit.fields, 'waits', 1)
      joinBacklog(edit.fields)
    end
  end
  -- here, since nothing else may be written in this call
  writeLots()
end

-- In how many milliseconds the next wait is over; below 0 where none waits for a time.
local function msUntilLater(model)
  local first = redis.call('ZRANGE', key.later(model), 0, 0, 'WITHSCORES')
  return first[2] and math.max(1, math.ceil(first[2] - now)) or -1
end

local heads = {}

-- The lowest tag of a class, and whose it is; nil where nobody waits in it. Read once: nothing joins while one is picked.
local function headOf(model, class)
  heads[class] = heads[class] or redis.call('ZRANGE', key.backlog(model, class), 0, 0, 'WITHSCORES')
  return tonumber(heads[class][2]), heads[class][1]
end

-- The classes in which somebody waits, in the order in which they are asked.
local function classOrder(model)
  local standard, bulk = headOf(model, 'standard'), headOf(model, 'bulk')
  local interactive, producer = headOf(model, 'interactive')
  local order = {}
  local interactiveFirst = interactive and (not standard or interactive <= standard + costOf(producer, lead))
  if interactiveFirst then order[#order + 1] = 'interactive' end
  local bulkFirst = bulk and fairOf(model).owedToBulk >= bulkEvery - 1
  if bulkFirst then order[#order + 1] = 'bulk' end
  if standard then order[#order + 1] = 'standard' end
  if not interactiveFirst and interactive then order[#order + 1] = 'interactive' end
  if not bulkFirst and bulk then order[#order + 1] = 'bulk' end
  return order
end

-- All alike, so that their order stays. Happens once in thousands of millions of images.
local function lowerTags(model)
  local function lowered(tag) return math.max(tag - highestTag, -highestTag) end
  local flat = redis.call('HGETALL', key.tags(model))
  for i = 1, #flat, 2 do setTag(model, flat[i], lowered(flat[i + 1])) end
  for _, clock in ipairs({ 'now', 'nowOfBulk' }) do
    setFair(model, clock, lowered(fairOf(model)[clock]))
  end
end

-- Counts what bulk is owed, and moves the clock of the class on. Answers what the turn costs its producer.
local function noteTurn(model, class, fields)
  local images = tonumber(fields.n)
  local clock, classes = clockOf(class)
  local first = math.huge
  for _, each in ipairs(classes) do first = math.min(first, headOf(model, each) or first) end
  setFair(model, clock, math.max(first, fairOf(model)[clock]))
  local cost = costOf(fields.producer, images)
  local waiting = classOrder(model)
  local tag, whose = headOf(model, class)
  if whose ~= fields.producer then tag = nil end
  if charge(model, fields.producer, cost, tag, waiting) > highestTag then lowerTags(model) end
  local owed = fairOf(model).owedToBulk
  if class == 'bulk' then
    -- what it gets while nobody else waits is not held against it
    local paid = images * (bulkEvery - 1)
    setFair(model, 'owedToBulk', math.max(owed - paid, -paid))
  else
    setFair(model, 'owedToBulk', headOf(model, 'bulk') and owed + images or 0)
  end
  return cost
end

-- Whether what holds a group back may last: a POST under way does not.
local function isUnsure(lane, alike)
  local id = redis.call('HGET', key.uncertain(lane), alike)
  return id and redis.call('HGET', key.edit(id), 'state') == 'uncertain'
end

-- What is in a sorted set, in its order. All but the first, where it is not known, is read only where the first does not do.
local function inOrder(name, first)
  local page, i, whole = first and { first } or redis.call('ZRANGE', name, 0, 0), 0, false
  return function()
    i = i + 1
    if not page[i] and not whole then
      page, i, whole = redis.call('ZRANGE', name, 1, mostLooks), 1, true
    end
    return page[i]
  end
end

-- The key of the first edit that may go, and its class; or nil, and whether an uncertain submit holds one back.
local function pick(ask)
  local looks, prepared, held = 0, {}, false
  for _, id in ipairs(ask.prepared) do prepared[id] = true end
  local someTravel = fairOf(ask.model).travels > 0
  local function firstReady(group)
    local passed = 0
    for id in inOrder(group) do
      if not someTravel or prepared[id] or redis.call('HGET', key.edit(id), 'travels') ~= '1' then return id end
      passed = passed + 1
      -- no worker prepares more of one group
      if passed > ask.ahead then break end
    end
    looks = looks + passed
  end
  for _, class in ipairs(classOrder(ask.model)) do
    local _, head = headOf(ask.model, class)
    for producer in inOrder(key.backlog(ask.model, class), head) do
      local first, othersGo
      for alike in inOrder(key.groups(ask.model, class, producer)) do
        if looks >= mostLooks then return nil, held end
        looks = looks + 1
        if redis.call('HEXISTS', key.uncertain(ask.lane), alike) == 0 then
          local id = firstReady(key.group(ask.model, class, producer, alike))
          if id then return key.edit(id), class end
          othersGo = true
        else
          held = true
          first = first or alike
        end
      end
      if first and not othersGo and isUnsure(ask.lane, first) then
        noteHunger(ask.model, class, producer, true)
      end
    end
  end
  return nil, held
end
