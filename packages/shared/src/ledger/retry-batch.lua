#!lua
-- Has failed rows of a batch rest again, all of them in one go: each that the order names gets another edit when its turn
-- is near, the others are spared then. Must not touch a row that has not failed, nor carry out an order twice.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, number: of the order, counted from 1
-- answers  { done, rows }; { known }: this order, or a later one, was carried out; { pending }: rows of an order before it
--          still rest; { empty }: no row has failed; { canceled }; { older }: its rows are in no chunks; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'retries', 'accepted')
local producer = found[1]
if not producer then return { 'none' } end
if found[2] then return { 'canceled' } end
if not found[4] then return { 'older' } end
if ask.number <= tonumber(found[3] or 0) then return { 'known' } end
local map = key.batchMap(ask.batch)
local bytes = redis.call('GET', map) or ''
if string.find(bytes, fact.retryByte, 1, true) then return { 'pending' } end
local first, rows = nil, 0
local marked = string.gsub(bytes, '()' .. fact.failedRun .. '()', function(from, after)
  first = first or from - 1
  rows = rows + after - from
  return string.rep(fact.retryByte, after - from)
end)
redis.call('HSET', KEYS[1], 'retries', int(ask.number))
if rows == 0 then return { 'empty' } end

-- it is open again, and kept until it has ended once more
redis.call('SET', map, marked)
redis.call('PERSIST', KEYS[1])
redis.call('PERSIST', key.batchCodes(ask.batch))
redis.call('PERSIST', key.batchRedos(ask.batch))
redis.call('PERSIST', key.batchVerdicts(ask.batch))
redis.call('PERSIST', key.verdictMarks(ask.batch))
redis.call('PERSIST', key.verdictDetails(ask.batch))
local closesAt = redis.call('HGET', KEYS[1], 'closesAt')
if closesAt then redis.call('ZADD', key.windows, closesAt, ask.batch) end
redis.call('HDEL', KEYS[1], 'completedAt', 'files')
tally(KEYS[1], 'failed', -rows)
tally(KEYS[1], 'resting', rows)
countOpen(producer, rows)
touchPlanes(ask.batch)
commit()
for _, lot in ipairs(lotsOf(ask.batch)) do
  local cursor = 'fed:' .. lot[1] .. ':' .. lot[2]
  local at = tonumber(redis.call('HGET', KEYS[1], cursor) or math.huge)
  if first < at then redis.call('HSET', KEYS[1], cursor, int(first)) end
end
placeResting(ask.batch, producer, isStopped(KEYS[1]))
return { 'done', rows }
