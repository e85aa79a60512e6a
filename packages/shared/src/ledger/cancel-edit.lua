#!lua flags=allow-oom
-- Cancels an edit: a queued one ends, of an admitted one is noted that it must not be submitted again. Must not end what
-- may have a task. Works when Redis is out of memory: it makes room.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix; batch and row, where it is one of a batch: it may rest
-- answers  `canceled`, now or before; `asked`: it was admitted, and goes on; `ended` otherwise; or `none`
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local edit = readRecord(KEYS[1])
local state = edit.fields.state
if not state and ask.batch then
  local name, map = key.batch(ask.batch), key.batchMap(ask.batch)
  local to, row = 'canceled', int(ask.row)
  local byte = redis.call('GETRANGE', map, row, row)
  if byte == fact.byteOf(to) then return to end
  if byte ~= fact.restingByte then return 'none' end
  redis.call('SETRANGE', map, row, fact.byteOf(to))
  tally(name, 'resting', -1)
  tally(name, to, 1)
  touchPlanes(ask.batch)
  local producer = redis.call('HGET', name, 'producer')
  countOpen(producer, -1)
  tell(producer, {
    type = 'restyle.rows.canceled', id = ask.batch .. '-' .. row .. '-canceled', subject = ask.batch,
    data = { batch = ask.batch, firstRow = ask.row, lastRow = ask.row, rows = 1 },
  })
  endedBatches[ask.batch] = producer
  commit()
  return to
end
if not state then return 'none' end
if state == 'canceled' then return 'canceled' end
if fact.ends(state) then return 'ended' end
if state == 'queued' then
  enterState(edit, 'canceled', {})
  commit()
  return 'canceled'
end
redis.call('HSETNX', KEYS[1], 'cancelAsked', int(now))
return 'asked'
