#!lua flags=allow-oom
-- Cancels a batch: rows that rest end in one go, with one event; its edits in Redis follow. Must not look at these, however
-- many there are. It has no more rows then. Works when Redis is out of memory: it makes room.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch
-- answers  { done, mark }: its edits in Redis follow (settle-batch.lua); { same }: it was canceled before; { completed };
--          or { none }
local ask = cjson.decode(ARGV[1])
--- @include "steer-batch"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'completedAt', 'accepted', 'total')
local producer = found[1]
if not producer then return { 'none' } end
if found[2] then return { 'same' } end
if found[3] then return { 'completed' } end
redis.call('HSET', KEYS[1], 'canceledAt', int(now))
if not found[5] then
  redis.call('HSET', KEYS[1], 'total', int(found[4] or 0))
  redis.call('SREM', key.unclosed, ask.batch)
end
placeResting(ask.batch, producer, true)

-- in runs: a million rows that rest are one
local canceled = 'canceled'
local map = key.batchMap(ask.batch)
local bytes, rows = redis.call('GET', map) or '', 0
local first = string.find(bytes, fact.restingByte, 1, true)
if first then
  local last
  local ended = string.gsub(bytes, '()' .. fact.restingRun .. '()', function(from, after)
    rows = rows + after - from
    last = after - 2
    return string.rep(fact.byteOf(canceled), after - from)
  end)
  redis.call('SET', map, ended)
  tally(KEYS[1], 'resting', -rows)
  tally(KEYS[1], 'canceled', rows)
  tell(producer, {
    type = 'restyle.rows.canceled', id = ask.batch .. '-rows-canceled', subject = ask.batch,
    data = { batch = ask.batch, firstRow = first - 1, lastRow = last, rows = rows },
  })
end
endedBatches[ask.batch] = producer
commit()
return { 'done', unsettle(ask.batch) }
