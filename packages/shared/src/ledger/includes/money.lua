--- @include "tally"
-- Money of producers, of their batches and of their days: whole micros, a number for each currency. What is reserved and what is
-- billed of an edit counts for the day of its admission.
--
-- A day has sums, and lines: what was billed and released, and how many images came, by lane and batch. What a record in the bucket knows
-- of a line and this ledger has not counted is carried beside it (carry-usage.lua). Whatever comes back from its receipts is
-- taken out of that, so that nothing counts twice.

-- Names of a day beyond which batches have a line in common.
local mostLines = 30000

-- The name of an amount: CNY is not said. `what` is reserved, billed, released or images.
local function amountName(what, currency)
  if what == 'images' or not currency or currency == 'CNY' then return what end
  return what .. '.' .. currency
end

-- Whether what is counted was counted once, before Redis forgot it; so is what is billed of an edit that came back.
local recounts = false
local changedDays, released = {}, {}

-- Answers how much of it the day knows already.
local function countDay(fields, what, amount, by)
  local producer, day = fields.producer, fields.day
  -- an older version admitted it
  if not day then return 0 end
  local name, known = key.usage(producer, day), 0
  if what ~= 'reserved' then
    local batch = redis.call('HLEN', name) < mostLines and (batchOf(fields) or '-') or '+'
    local line = amount .. ' ' .. (fields.lane or '-') .. ' ' .. batch
    if recounts or fields.putBack then
      known = math.min(by, tonumber(redis.call('HGET', name, 'carried ' .. line) or 0))
      if known > 0 then redis.call('HINCRBY', name, 'carried ' .. line, int(-known)) end
    end
    tally(name, line, by)
    changedDays[producer .. ' ' .. day] = true
  end
  tally(name, amount, by - known)
  return known
end

local function countMoney(fields, what, by)
  if by == 0 then return end
  local amount, batch = amountName(what, fields.currency), batchOf(fields)
  local known = countDay(fields, what, amount, by)
  tally(key.spend(fields.producer), amount, by - known)
  if batch then tally(key.batch(batch), amount, by) end
  if what == 'images' then return end
  local place = fields.producer .. ' ' .. (batch or '')
  local sum = released[place] or { producer = fields.producer, batch = batch, by = 0 }
  sum.by = sum.by + by
  released[place] = sum
end

-- What was reserved and is free again, as it was not billed. It is told by day, and held against nothing.
local function countReleased(fields, by)
  if by > 0 then countDay(fields, 'released', amountName('released', fields.currency), by) end
end

-- The days of which the bucket is to have a newer record.
local function noteChangedDays()
  for day in pairs(changedDays) do redis.call('ZADD', key.usageChanged, int(nowMicros), day) end
  changedDays = {}
end
