--- @include "clock"
-- Writes events, whose data may be JSON already. The same fact has the same id, however often it is told.
local function tellText(producer, event)
  redis.call('XADD', key.events(producer), '*', 'type', event.type, 'id', event.id, 'subject', event.subject,
    'time', int(now), 'data', event.data, 'traceparent', event.traceparent or '')
end

local function tell(producer, event)
  event.data = cjson.encode(event.data)
  tellText(producer, event)
end

-- Tells how an edit ended, or that it is held.
local function tellEdit(edit)
  local fields, data = edit.fields, {}
  for _, name in ipairs(fact.toldFields) do data[name] = fields[name] end
  local what = fields.state == 'review' and 'held-' .. fields.attempt or fields.state
  tell(fields.producer, {
    type = fact.eventOf(fields.state), id = fields.id .. '-' .. what, subject = fields.id, data = data,
    traceparent = fields.traceparent,
  })
end

-- Tells of a batch as it is. `number`: of its end, counted from 1.
local function tellOfBatch(batch, producer, what, number)
  local flat, data = redis.call('HGETALL', key.batch(batch)), {}
  for i = 1, #flat, 2 do
    -- what is counted for each lot is nobody else's
    if not string.find(flat[i], ':', 1, true) then data[flat[i]] = flat[i + 1] end
  end
  local again = number > 1 and '-' .. int(number) or ''
  tell(producer, { type = 'restyle.batch.' .. what, id = batch .. '-' .. what .. again, subject = batch, data = data })
end

-- Tells that all rows of a batch have ended, once. Its files are written then.
local function tellBatch(batch, producer)
  local name = key.batch(batch)
  local counts, ended = redis.call('HMGET', name, 'total', 'completedAt', 'retries', 'reopened', unpack(fact.ends)), 0
  for i = 5, #counts do ended = ended + (counts[i] or 0) end
  local total, completedAt = counts[1], counts[2]
  if not total or completedAt or ended < tonumber(total) then return end
  redis.call('HSET', name, 'completedAt', int(now))
  redis.call('HDEL', name, 'stops')
  redis.call('EXPIRE', name, fact.keptEditSeconds)
  redis.call('EXPIRE', key.batchMap(batch), fact.keptEditSeconds)
  redis.call('EXPIRE', key.batchCodes(batch), fact.keptEditSeconds)
  redis.call('EXPIRE', key.batchRedos(batch), fact.keptEditSeconds)
  for _, each in ipairs({ key.batchVerdicts(batch), key.verdictMarks(batch), key.verdictDetails(batch) }) do
    redis.call('EXPIRE', each, fact.keptEditSeconds)
  end
  -- one that was retried, or of which an edit was opened again, ends again
  local number = (counts[3] or 0) + (counts[4] or 0) + 1
  redis.call('HSET', name, 'ends', int(number), 'files', fact.pendingFiles)
  redis.call('ZADD', key.unfiled, int(now), batch .. ' ' .. int(number))
  tellOfBatch(batch, producer, 'completed', number)
end
