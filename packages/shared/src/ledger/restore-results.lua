#!lua
-- Notes of a forgotten batch what its results in the bucket say: these rows have ended, with this money. Must not touch a
-- row that has a state, nor count the money of rows twice, nor make an edit.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, first (row); bytes: one for each row, `\0` where another edit says how it ended; money:
--          of all of them, each { day, lane, currency, billed, images }; failures: how many failed by code; codes: of those that failed, by row; told: events of these rows that may not have been read
-- answers  `restored`, `known` (all of them were) or `none`: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local batch, bytes = ask.batch, ask.bytes
local producer = redis.call('HGET', KEYS[1], 'producer')
if not producer then return 'none' end
local map = key.batchMap(batch)
local there = redis.call('GETRANGE', map, int(ask.first), int(ask.first + #bytes - 1))
local missing, after = 0, {}
for i = 1, #bytes do
  local byte = string.sub(there, i, i)
  if byte == '' or byte == '\0' then
    byte = string.sub(bytes, i, i)
    missing = missing + 1
    if byte ~= '\0' then tally(KEYS[1], fact.endOf(byte), 1) end
    local row = int(ask.first + i - 1)
    if ask.codes[row] then noteCode(batch, row, ask.codes[row]) end
  end
  after[i] = byte
end
if missing == 0 then return 'known' end
redis.call('SETRANGE', map, int(ask.first), table.concat(after))
touchPlanes(batch)
-- of a part nobody knows the money
if missing == #bytes then
  recounts = true
  for _, sum in ipairs(ask.money) do
    local owner = { batch = batch, producer = producer, day = sum.day, lane = sum.lane, currency = sum.currency }
    countMoney(owner, 'billed', sum.billed)
    countMoney(owner, 'images', sum.images)
  end
  for code, count in pairs(ask.failures) do tally(KEYS[1], 'failures:' .. code, count) end
end
for _, event in ipairs(ask.told) do tell(producer, event) end
endedBatches[batch] = producer
commit()
return 'restored'
