#!lua flags=allow-oom
-- Moves one edit to another state, all or nothing. Must not write for whoever holds another version, also where Redis lost
-- data and counts versions once more, nor give a task to two edits. Works when Redis is out of memory: an answer that cost money must be written down whatever else fails.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix, version, state and updatedAt as the caller read them, to; set: field → text, or null to remove it; taskLane: whose list its task is
--          in; billed (micro-currency), stored (images), dueInMs, expiresAt; afterMs: how long it waits aside in the
--          backlog; givesBack: whether its producer gets back what the admission took of its share
-- answers  { moved, written, removed }: the fields it has put, names and texts in turn, and the names of those that
--          went; { lost }; or { taskTaken, owner }
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "claim-task"

local edit = readRecord(KEYS[1])
local is = edit.fields
if is.version ~= ask.version or is.state ~= ask.state or is.updatedAt ~= ask.updatedAt then return { 'lost' } end
local task = ask.set.taskId
if task and task ~= cjson.null then
  local owner = claimTask(ask.taskLane, task, edit.fields.id)
  if owner ~= edit.fields.id then return { 'taskTaken', owner } end
end

-- what was admitted again counts for the day of its first admission
local earlier = ask.set.day and ask.set.day ~= edit.fields.day and tonumber(edit.fields.reserved or 0)
if earlier then countMoney(edit.fields, 'reserved', -earlier) end
for name, text in pairs(ask.set) do
  if text == cjson.null then drop(edit, name) else put(edit, name, text) end
end
if earlier then countMoney(edit.fields, 'reserved', earlier) end
if ask.billed > 0 then put(edit, 'billed', int((edit.fields.billed or 0) + ask.billed)) end
countMoney(edit.fields, 'images', ask.stored)
-- what ran was had
if ask.givesBack and edit.fields.state ~= 'running' then charge(edit.fields.model, edit.fields.producer, -(edit.fields.charged or 0)) end
enterState(edit, ask.to, ask)
commit()
return { 'moved', edit.written, edit.removed }
