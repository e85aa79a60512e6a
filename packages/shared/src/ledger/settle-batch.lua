#!lua flags=allow-oom
-- Brings some of a batch's edits in Redis in line with what was ordered for the batch: canceled, paused, or neither.
-- Must not touch those that a lane has admitted, but for noting that they are not submitted again.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, mark: of the order; cursor: 0 at first, then as answered; count: about how many to look at
-- answers  { cursor, asked }: 0 when all were looked at; asked: ids of admitted ones that are canceled with this call
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local open, asked = key.openEdits(ask.batch), {}
local canceledAt = redis.call('HGET', KEYS[1], 'canceledAt')
local slice = redis.call('SSCAN', open, ask.cursor, 'COUNT', ask.count)
for _, id in ipairs(slice[2]) do
  local name = key.edit(id)
  local edit = readRecord(name)
  local fields = edit.fields
  if not fields.state then
    redis.call('SREM', open, id)
  elseif fields.state ~= 'queued' then
    if canceledAt and not fact.ends(fields.state) and redis.call('HSETNX', name, 'cancelAsked', canceledAt) == 1 then
      asked[#asked + 1] = id
    end
  elseif canceledAt then
    enterState(edit, 'canceled', {})
  elseif isPaused(fields) then
    stepAside(fields)
  else
    comeBack(fields)
  end
end
commit()
if slice[1] == '0' and redis.call('HGET', key.unsettled, ask.batch) == ask.mark then
  redis.call('HDEL', key.unsettled, ask.batch)
end
return { slice[1], asked }
