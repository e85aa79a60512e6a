#!lua flags=allow-oom
-- Cancels a batch: rows that rest end in one go, with one event; its edits in Redis follow. Must not look at these, however
-- many there are. It has no more rows then. Works when Redis is out of memory: it makes room.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch
-- answers  { done, mark }: its edits in Redis follow (settle-batch.lua); { same }: it was canceled before; { completed };
--          or { none }
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'completedAt', 'accepted', 'total')
local producer = found[1]
if not producer then return { 'none' } end
if found[2] then return { 'same' } end
if found[3] then return { 'completed' } end
redis.call('HSET', KEYS[1], 'canceledAt', int(now))
redis.call('HDEL', KEYS[1], 'pausedAt', 'stops')
placeResting(ask.batch, producer, true)

-- rows that were promised and not taken yet end too
local map, canceled = key.batchMap(ask.batch), 'canceled'
local total = math.max(tonumber(found[4] or 0), tonumber(found[5] or 0))
local there = redis.call('GET', map) or ''
local bytes, missing = string.gsub(there, '%z', fact.restingByte)
bytes = bytes .. string.rep(fact.restingByte, total - #there)
missing = missing + math.max(0, total - #there)
-- what was to be retried stays failed
local failed = 'failed'
local unretried
bytes, unretried = string.gsub(bytes, fact.retryByte, fact.byteOf(failed))
tally(KEYS[1], 'resting', -unretried)
countOpen(producer, -unretried)
tally(KEYS[1], failed, unretried)
redis.call('HSET', KEYS[1], 'total', int(total), 'accepted', int(total))
redis.call('SREM', key.unclosed, ask.batch)

-- in runs: a million rows that rest are one
local first, rows, last = string.find(bytes, fact.restingByte, 1, true), 0, 0
if first then
  local ended = string.gsub(bytes, '()' .. fact.restingRun .. '()', function(from, after)
    rows = rows + after - from
    last = after - 2
    return string.rep(fact.byteOf(canceled), after - from)
  end)
  bytes = ended
  tally(KEYS[1], 'resting', missing - rows)
  countOpen(producer, missing - rows)
  tally(KEYS[1], canceled, rows)
  tell(producer, {
    type = 'restyle.rows.canceled', id = ask.batch .. '-rows-canceled', subject = ask.batch,
    data = { batch = ask.batch, firstRow = first - 1, lastRow = last, rows = rows },
  })
end
if bytes ~= there then redis.call('SET', map, bytes) end
touchPlanes(ask.batch)
endedBatches[ask.batch] = producer
commit()
return { 'done', unsettle(ask.batch) }
