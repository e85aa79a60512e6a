--- @include "money"
--- @include "paused"
--- @include "stops"
-- Caps: what a batch, a producer, and a producer in one day may cost. What is reserved counts like what was billed. Where the
-- next edit does not fit, what the cap is of is stopped; it goes on when the cap is raised, when so much is released, or when
-- the day is over.

local function moneyText(currency, micros)
  local text = string.format('%.0f.%06.0f', math.floor(micros / 1000000), micros % 1000000)
  return currency .. ' ' .. string.gsub(text, '0?0?0?0?$', '', 1)
end

local function usedOf(name, currency)
  local found = redis.call('HMGET', name, amountName('billed', currency), amountName('reserved', currency))
  return tonumber(found[1] or 0), tonumber(found[2] or 0)
end

-- The day that it is for a producer, and when (text) it ends; nil where nobody has told yet.
local function dayOf(producer)
  local day
  for start, name in string.gmatch(producerFacts(producer).days or '', '(%d+)=(%S*)') do
    if tonumber(start) > now then return day, start end
    day = name ~= '' and name or nil
  end
  return nil
end

-- Why an edit of this cost does not fit under a cap: a stop; nil where it fits. `cap`: by currency; `name`: of what counts; `goOn`: what to do.
local function shortOf(cap, name, currency, cost, whose, goOn)
  local other = cap and next(cap)
  if not other then return nil end
  local micros = cap[currency]
  if not micros then
    return { detail = whose .. ' is in ' .. other .. ', and the lane bills in ' .. currency .. ': it must be set in '
      .. currency .. '.' }
  end
  local billed, reserved = usedOf(name, currency)
  if billed + reserved + cost <= micros then return nil end
  return {
    needs = int(cost), currency = currency,
    detail = whose .. ' is ' .. moneyText(currency, micros) .. '. ' .. moneyText(currency, billed) .. ' was billed and '
      .. moneyText(currency, reserved) .. ' is reserved, so that the next edit for ' .. moneyText(currency, cost)
      .. ' does not fit. To go on, ' .. goOn .. '.',
  }
end

-- Stops what has no money left for an edit. Answers whether it did; then nothing was reserved anywhere.
local function stopAtCap(fields, currency, cost)
  local batch, producer = batchOf(fields), fields.producer
  local budget = budgetOf(fields)
  if budget then
    local stop = shortOf({ [budget.currency] = budget.micros }, key.batch(batch), currency, cost, 'The budget of the batch',
      'raise the budget')
    if stop then
      if stopBatch(batch, producer, 'budget', stop) then unsettle(batch) end
      return true
    end
  end
  local caps = producerFacts(producer).caps
  if not caps then return false end
  caps = cjson.decode(caps)
  local stop = shortOf(caps.total, key.spend(producer), currency, cost, 'The cap of the producer', 'raise the cap')
  if stop then
    stopProducer(producer, 'budget', stop)
    return true
  end
  local day, ends = dayOf(producer)
  stop = shortOf(caps.day, key.usage(producer, day), currency, cost, 'The cap of the producer for a day',
    'raise the cap, or wait until the day ' .. day .. ' is over')
  if not stop then return false end
  stop.untilAt = ends
  stopProducer(producer, 'day', stop)
  return true
end

-- Whether what was stopped for this reason may go on: the edit that did not fit fits now. `capChanged`: it is not the cap of then.
local function mayGoOn(name, reason, cap, used, capChanged)
  local text = redis.call('HGET', name, 'stops')
  local stop = text and cjson.decode(text)[reason]
  if not stop then return false end
  local micros = cap and cap[stop.currency]
  if not stop.needs or not micros then return capChanged end
  local billed, reserved = usedOf(used, stop.currency)
  return billed + reserved + stop.needs <= micros
end

local function goOnBatch(batch, producer, capChanged)
  local budget = budgetOf({ batch = batch })
  local cap, name = budget and { [budget.currency] = budget.micros }, key.batch(batch)
  if not mayGoOn(name, 'budget', cap, name, capChanged) then return false end
  stopBatch(batch, producer, 'budget')
  return true
end

local function goOnProducer(producer, capChanged)
  local caps, name = producerFacts(producer).caps, key.producer(producer)
  caps = caps and cjson.decode(caps) or {}
  if mayGoOn(name, 'budget', caps.total, key.spend(producer), capChanged) then stopProducer(producer, 'budget') end
  local day = dayOf(producer) or ''
  if mayGoOn(name, 'day', caps.day, key.usage(producer, day), capChanged) then stopProducer(producer, 'day') end
end

-- Once what was counted is written: whoever was stopped goes on where enough was released.
local function goOnWithReleased()
  local sums = released
  released = {}
  for _, sum in pairs(sums) do
    if sum.by < 0 then
      if sum.batch and goOnBatch(sum.batch, sum.producer) then unsettle(sum.batch) end
      if producerFacts(sum.producer).stopped then goOnProducer(sum.producer) end
    end
  end
end
