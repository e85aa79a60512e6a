#!lua flags=allow-oom
-- Ends rows that rest and whose chunk cannot be read for good, so that their batch can end: all of them in one go, with one
-- event. Must not touch a row that does not rest. Works when Redis is out of memory: it makes room.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, model, class; from, to: the rows, `to` is the first after them; failure: code, message
-- answers  how many rows have failed by it
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local batch, map, failed = ask.batch, key.batchMap(ask.batch), 'failed'
local producer = redis.call('HGET', KEYS[1], 'producer')
if not producer then return 0 end
local bytes = redis.call('GETRANGE', map, int(ask.from), int(ask.to - 1))
local first, last, rows = nil, nil, 0
for at, after in string.gmatch(bytes, '()' .. fact.restingRun .. '()') do
  first = first or ask.from + at - 1
  last = ask.from + after - 2
  rows = rows + after - at
  local code = string.rep(codeByte(batch, ask.failure.code), after - at)
  redis.call('SETRANGE', key.batchCodes(batch), int(ask.from + at - 1), code)
end
-- those that were to be retried stay as they had failed
local ended, all = string.gsub(bytes, fact.toFeed, fact.byteOf(failed))
if all > 0 then
  redis.call('SETRANGE', map, int(ask.from), ended)
  tally(KEYS[1], 'resting', -all)
  countOpen(producer, -all)
  tally(KEYS[1], failed, all)
  touchPlanes(batch)
end
if rows > 0 then
  tally(KEYS[1], 'failures:' .. ask.failure.code, rows)
  tell(producer, {
    type = 'restyle.rows.failed', id = batch .. '-rows-failed-' .. int(first), subject = batch,
    data = { batch = batch, firstRow = first, lastRow = last, rows = rows, failure = ask.failure },
  })
end
endedBatches[batch] = producer
commit()
redis.call('HDEL', KEYS[1], 'unreadUntil', 'unreadable')
appease(ask.model, ask.class, producer)
return all
