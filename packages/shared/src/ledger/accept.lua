#!lua
-- Writes new edits as queued, all of one call at once. Must not touch an edit that is there already, nor a row that has ended.
--
-- KEYS     the edits, in the order of `edits`
-- ARGV[1]  JSON: prefix; edits, each all of its fields as text; dueInMs
-- answers  for each edit `accepted`, `known` (the same id with the same body) or `conflict` (with another body)
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

-- A row may end as canceled without ever having been an edit.
local function endedAtRest(fields)
  local batch, canceled = batchOf(fields), 'canceled'
  return batch and redis.call('GETRANGE', key.batchMap(batch), fields.row, fields.row) == fact.byteOf(canceled)
end

local answers = {}
for i, fields in ipairs(ask.edits) do
  local known = redis.call('HGET', KEYS[i], 'bodyHash')
  if known then
    answers[i] = known == fields.bodyHash and 'known' or 'conflict'
  elseif endedAtRest(fields) then
    answers[i] = 'known'
  else
    fields.createdAt = int(now)
    fields.order = orderOf(fields, i)
    enterState(newRecord(KEYS[i], fields), 'queued', ask)
    answers[i] = 'accepted'
  end
end
commit()
return answers
