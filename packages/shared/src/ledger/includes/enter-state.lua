--- @include "clock"
--- @include "record"
--- @include "tally"
--- @include "hold-lane"
--- @include "backlog"
--- @include "tell"
--- @include "budgets"
-- Every script enters a state through this function. Whatever follows from an edit's state is decided here, nowhere else:
-- its fields, its row, its money, what it holds of its lane, the lists it is in, its event.
local endedBatches = {}

local function listEdit(edit, from, to, plan)
  local fields = edit.fields
  local batch = batchOf(fields)
  if batch and not from and not fact.ends(to) then redis.call('SADD', key.openEdits(batch), fields.id) end
  if not batch and not from then redis.call('ZADD', key.singles(fields.producer), fields.createdAt, fields.id) end
  if to == 'rendered' then
    redis.call('ZADD', key.rendered, int(plan.expiresAt), fields.id)
  elseif from == 'rendered' then
    redis.call('ZREM', key.rendered, fields.id)
  end
  if to == 'review' then
    redis.call('ZADD', key.held(fields.producer), int(now), fields.id)
  elseif from == 'review' then
    redis.call('ZREM', key.held(fields.producer), fields.id)
  end
  if to == 'queued' then
    -- in the backlog, which nothing has to wake
    if from and from ~= to then redis.call('ZREM', key.due, fields.id) end
    return
  end
  if not fact.ends(to) then
    redis.call('ZADD', key.due, int(now + plan.dueInMs), fields.id)
    return
  end
  redis.call('ZREM', key.due, fields.id)
  redis.call('EXPIRE', edit.name, fact.keptEditSeconds)
  if not batch then return end
  redis.call('SREM', key.openEdits(batch), fields.id)
  local first = int(fields.row - fields.row % fact.sliceRows)
  redis.call('ZADD', key.fold, int(now), batch .. ' ' .. first)
  endedBatches[batch] = fields.producer
end

-- `plan`: dueInMs, when the sweep looks at it; expiresAt, for `rendered`: when its first address dies (epoch ms);
-- afterMs, for `queued`: how long it waits aside; rested, for a new edit: whether its row rested, where that is known.
local function enterState(edit, to, plan)
  local fields, from = edit.fields, edit.fields.state
  local batchCanceled = false
  if to == 'queued' or not from then
    local _, canceled = flagsOfBatch(fields)
    batchCanceled = canceled
  end
  -- whoever was told that it is canceled must not see it submitted again
  if to == 'queued' and (fields.cancelAsked or batchCanceled) then to = 'canceled' end
  if batchCanceled and not fields.cancelAsked and not fact.ends(to) then put(edit, 'cancelAsked', batchCanceled) end
  put(edit, 'state', to)
  put(edit, 'version', int((fields.version or 0) + 1))
  put(edit, 'updatedAt', int(now))
  if from and to == 'queued' then drop(edit, 'charged') end
  if fact.eventOf(to) then put(edit, 'told', to) end
  if from and to == 'queued' then
    drop(edit, 'taskId')
    drop(edit, 'submittedAt')
  end
  if fact.isUnsure(from) and not fact.isUnsure(to) then
    drop(edit, 'uncertainBecause')
    drop(edit, 'said')
    drop(edit, 'looks')
  end
  if to == 'running' then
    drop(edit, 'returned')
    drop(edit, 'turnedAway')
  end
  if from == 'queued' and to ~= from then
    drop(edit, 'sourceTrouble')
    drop(edit, 'pausedAt')
  end
  if from == 'running' and to ~= from then
    drop(edit, 'unseenSince')
    drop(edit, 'refusedQueries')
  end
  if from == 'review' then
    drop(edit, 'candidates')
    drop(edit, 'foundTasks')
  end
  if not fact.keepsReserved(to) and tonumber(fields.reserved or 0) > 0 then put(edit, 'reserved', '0') end
  save(edit)
  local reserved = tonumber(fields.reserved or 0) - edit.reservedBefore
  local billed = tonumber(fields.billed or 0) - edit.billedBefore
  countMoney(fields, 'reserved', reserved)
  countMoney(fields, 'billed', billed)
  countReleased(fields, -reserved - billed)
  if from ~= to then countRow(fields, from, to, plan.rested) end
  if to == 'failed' and fields.failure then countFailure(fields, cjson.decode(fields.failure).code, 1) end
  -- a row that was retried has the code of its edit before
  if not from and fields.take and batchOf(fields) and to ~= 'failed' then noteCode(fields.batch, fields.row) end
  holdLane(fields, from, to)
  if from == 'queued' then leaveBacklog(fields) end
  if to == 'queued' then enterBacklog(fields, plan) end
  listEdit(edit, from, to, plan)
  if fact.eventOf(to) then tellEdit(edit) end
end

-- Once, after the last enterState: the counts, and the ends of batches that follow from them.
local function commit()
  writeLots()
  writeFairs()
  goOnWithReleased()
  noteChangedDays()
  for batch, producer in pairs(endedBatches) do tellBatch(batch, producer) end
  announceBacklog()
end
