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

-- The lowest tag of a class, nil where nobody waits in it.
local function headOf(model, class)
  return tonumber(redis.call('ZRANGE', key.backlog(model, class), 0, 0, 'WITHSCORES')[2])
end

-- The classes in the order in which they are asked.
local function classOrder(model)
  local interactive, standard, bulk = headOf(model, 'interactive'), headOf(model, 'standard'), headOf(model, 'bulk')
  local order = {}
  local interactiveFirst = interactive and interactive <= (standard or interactive) + lead
  if interactiveFirst then order[#order + 1] = 'interactive' end
  local owed = tonumber(redis.call('HGET', key.fair(model), 'owedToBulk') or 0)
  local bulkFirst = bulk and owed >= bulkEvery - 1
  if bulkFirst then order[#order + 1] = 'bulk' end
  order[#order + 1] = 'standard'
  if not interactiveFirst and interactive then order[#order + 1] = 'interactive' end
  if not bulkFirst then order[#order + 1] = 'bulk' end
  return order
end

-- Counts what bulk is owed, and moves the clock of the class on.
local function noteTurn(model, class, fields)
  local images, fair = tonumber(fields.n), key.fair(model)
  local clock, classes = clockOf(class)
  local first = math.huge
  for _, each in ipairs(classes) do first = math.min(first, headOf(model, each) or first) end
  if first > virtualNow(model, clock) then redis.call('HSET', fair, clock, int(first)) end
  charge(model, fields.producer, images)
  if class == 'bulk' then
    -- what it gets while nobody else waits is not held against it
    local paid = images * (bulkEvery - 1)
    local owed = tonumber(redis.call('HGET', fair, 'owedToBulk') or 0) - paid
    redis.call('HSET', fair, 'owedToBulk', int(math.max(owed, -paid)))
  elseif headOf(model, 'bulk') then
    redis.call('HINCRBY', fair, 'owedToBulk', images)
  else
    redis.call('HSET', fair, 'owedToBulk', 0)
  end
end

-- Whether what holds a group back may last: a POST under way does not.
local function isUnsure(lane, alike)
  local id = redis.call('HGET', key.uncertain(lane), alike)
  return id and redis.call('HGET', key.edit(id), 'state') == 'uncertain'
end

-- The key of the first edit that may go, and its class; or nil, and whether an uncertain submit holds one back.
local function pick(ask)
  local looks, prepared, held = 0, {}, false
  for _, id in ipairs(ask.prepared) do prepared[id] = true end
  local function firstReady(group)
    for _, id in ipairs(redis.call('ZRANGE', group, 0, ask.ahead)) do
      if redis.call('HGET', key.edit(id), 'travels') ~= '1' or prepared[id] then return id end
      looks = looks + 1
    end
  end
  for _, class in ipairs(classOrder(ask.model)) do
    for _, producer in ipairs(redis.call('ZRANGE', key.backlog(ask.model, class), 0, mostLooks)) do
      local groups, heldBack = redis.call('ZRANGE', key.groups(ask.model, class, producer), 0, mostLooks), 0
      for _, alike in ipairs(groups) do
        if looks >= mostLooks then return nil, held end
        looks = looks + 1
        if redis.call('HEXISTS', key.uncertain(ask.lane), alike) == 0 then
          local group = key.group(ask.model, class, producer, alike)
          local id = firstReady(group)
          if id then return key.edit(id), class end
        else
          held = true
          heldBack = heldBack + 1
        end
      end
      if heldBack > 0 and heldBack == #groups and isUnsure(ask.lane, groups[1]) then
        noteHunger(ask.model, class, producer, true)
      end
    end
  end
  return nil, held
end
