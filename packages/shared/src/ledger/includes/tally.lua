--- @include "clock"
-- Counts of batches and producers. A script adds to them as often as it likes; `writeTallies` then writes
-- each number once, however many edits the script has moved.
local tallies = {}

local function tally(name, field, by)
  local fields = tallies[name]
  if not fields then
    fields = {}
    tallies[name] = fields
  end
  fields[field] = (fields[field] or 0) + by
end

local function batchOf(fields)
  return fields.batch and fields.batch ~= '' and fields.batch
end

-- The model and class of an edit, and whose it is.
local function whereOf(fields)
  return fields.model, fields.class or 'standard', fields.producer
end

-- How many edits of a producer are open: accepted, and not ended. Rows that rest are among them.
local function countOpen(producer, by)
  if by ~= 0 then tally(key.spend(producer), 'open', by) end
end

-- The bytes of a batch have changed: whoever watches them reads them anew.
local function touchPlanes(batch)
  tally(key.batch(batch), 'mapVersion', 1)
end

-- An edit that came alone and makes the picture of a row once more: the row has the state of it in a plane of its own.
local function noteRedo(fields, to)
  local batch, row = string.match(fields.redoOf or '', '^([^-]+)%-(%d+)')
  if not batch or redis.call('EXISTS', key.batch(batch)) == 0 then return end
  redis.call('SETRANGE', key.batchRedos(batch), row, fact.byteOf(to))
  local ms = redis.call('PTTL', key.batch(batch))
  if ms > 0 then redis.call('PEXPIRE', key.batchRedos(batch), int(ms)) end
  touchPlanes(batch)
end

-- One row of a batch, or an edit that came alone, goes from a state to another; `from` is nil for a new edit, whose row may
-- have rested: `rested`, where that is known.
local function countRow(fields, from, to, rested)
  local batch = batchOf(fields)
  local map, row = batch and key.batchMap(batch), fields.row
  if batch and not from and rested == nil then
    local byte = redis.call('GETRANGE', map, row, row)
    rested = byte == fact.restingByte or byte == fact.retryByte
  end
  local wasOpen, isOpen = rested, not fact.ends(to)
  if from then wasOpen = not fact.ends(from) end
  if isOpen and not wasOpen then countOpen(fields.producer, 1) end
  if wasOpen and not isOpen then countOpen(fields.producer, -1) end
  if not batch then return noteRedo(fields, to) end
  if from or rested then tally(key.batch(batch), from or 'resting', -1) end
  tally(key.batch(batch), to, 1)
  redis.call('SETRANGE', map, row, fact.byteOf(to))
  touchPlanes(batch)
end

local codeLists = {}

-- The byte of a code: its place in the batch's list of codes, which it joins. The last place of a full list is for all others.
local function codeByte(batch, code)
  local codes = codeLists[batch]
  if not codes then
    local text = redis.call('HGET', key.batch(batch), 'codes')
    codes = text and cjson.decode(text) or {}
    codeLists[batch] = codes
  end
  for i, known in ipairs(codes) do
    if known == code then return string.char(i) end
  end
  if #codes > fact.mostCodes then return string.char(#codes) end
  codes[#codes + 1] = #codes < fact.mostCodes and code or fact.otherCodes
  redis.call('HSET', key.batch(batch), 'codes', cjson.encode(codes))
  return string.char(#codes)
end

-- With which code the newest edit of a row failed; without one that there is a newer edit.
local function noteCode(batch, row, code)
  local name = key.batchCodes(batch)
  if code then
    redis.call('SETRANGE', name, row, codeByte(batch, code))
  elseif redis.call('STRLEN', name) > tonumber(row) then
    redis.call('SETRANGE', name, row, '\0')
  end
end

-- How many rows of a batch failed with which code, by their newest edits.
local function countFailure(fields, code, by)
  local batch = batchOf(fields)
  if not batch then return end
  tally(key.batch(batch), 'failures:' .. code, by)
  if by > 0 then noteCode(batch, fields.row, code) end
end

-- Answers what the numbers are now, by key and field.
local function writeTallies()
  local written = tallies
  tallies = {}
  for name, fields in pairs(written) do
    local names, flat = {}, {}
    for field in pairs(fields) do names[#names + 1] = field end
    if #names < 3 then
      for _, field in ipairs(names) do fields[field] = redis.call('HINCRBY', name, field, int(fields[field])) end
    else
      -- two calls, however many they are
      local found = redis.call('HMGET', name, unpack(names))
      for i, field in ipairs(names) do
        fields[field] = (found[i] or 0) + fields[field]
        flat[2 * i - 1] = field
        flat[2 * i] = int(fields[field])
      end
      redis.call('HSET', name, unpack(flat))
    end
  end
  return written
end
