--- @include "clock"
--- @include "tally"
--- @include "tell"
--- @include "said"
-- What persons think of the rows of a batch: a byte for each in a plane; two bytes more that name the operation which gave it
-- (0: it was given to this row alone); and details of those that were given alone, by the row and the take.

local noMark = '\0\0'

-- What is there of rows from `from` on before `to`, as long as these are: bytes, and two bytes of each.
local function verdictsOf(batch, from, to)
  local bytes = redis.call('GETRANGE', key.batchVerdicts(batch), int(from), int(to - 1))
  bytes = string.gsub(bytes, '%z', fact.noVerdict)
  local marks = redis.call('GETRANGE', key.verdictMarks(batch), int(2 * from), int(2 * to - 1))
  return bytes .. string.rep(fact.noVerdict, to - from - #bytes), marks .. string.rep('\0', 2 * (to - from) - #marks)
end

local function countVerdict(batch, byte, by)
  local verdict = fact.verdictOf(byte)
  if verdict then tally(key.batch(batch), verdict, by) end
end

-- Under which name the details of a row's take are kept.
local function detailOf(row, take)
  return take > 1 and int(row) .. '-' .. int(take) or int(row)
end

-- Once after a change: they are kept as long as their batch, and the bucket is to hear of them.
local function noteVerdicts(batch)
  touchPlanes(batch)
  local ms = redis.call('PTTL', key.batch(batch))
  for _, name in ipairs({ key.batchVerdicts(batch), key.verdictMarks(batch), key.verdictDetails(batch) }) do
    if ms > 0 then redis.call('PEXPIRE', name, int(ms)) else redis.call('PERSIST', name) end
  end
  redis.call('ZADD', key.verdictsChanged, int(nowMicros), batch)
end

-- Keeps the details of one row; false where the batch has as many bytes of them as it may have. Without `text` there are none.
local function putDetail(batch, field, text, most)
  local name, bytes = key.verdictDetails(batch), 'verdicts:bytes'
  local before = redis.call('HGET', name, field)
  local more = (text and #text + #field or 0) - (before and #before + #field or 0)
  if more > 0 and more + tonumber(redis.call('HGET', key.batch(batch), bytes) or 0) > most then return false end
  if text then redis.call('HSET', name, field, text) else redis.call('HDEL', name, field) end
  tally(key.batch(batch), bytes, more)
  return true
end
