#!lua
-- Opens an edit again that was canceled while the ledger had forgotten its submit, in the state where its receipts say it was:
-- what it paid for is stored and told. Must not open one of which the ledger knows that attempt, nor one that ended in another
-- way. What it writes is due at once, so that the sweep wakes it.
--
-- KEYS[1]  the edit, which may be there, or a row that was canceled at rest
-- ARGV[1]  JSON: prefix, state, fields as text; stored: how many of its images are in the bucket; failure: of a row that was to
--          be tried once more: the code with which its edit before had failed
-- answers  `reopened` or `known`
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "claim-task"

local fields, was = ask.fields, readRecord(KEYS[1]).fields
local batch, canceled, failed = batchOf(fields), 'canceled', 'failed'
if was.state and (was.state ~= canceled or tonumber(was.attempt or 0) >= tonumber(fields.attempt)) then return 'known' end
if not was.state and not batch then return 'known' end
if batch then
  local name, map = key.batch(batch), key.batchMap(batch)
  local byte = redis.call('GETRANGE', map, fields.row, fields.row)
  local to = fact.endOf(byte)
  if to ~= canceled and not (to == failed and fields.take and not was.state) then return 'known' end
  tally(name, to, -1)
  redis.call('SETRANGE', map, fields.row, '\0')
  if to == failed and ask.failure then countFailure(fields, ask.failure, -1) end
  -- it is open again, kept until it has ended once more, and told then under another id
  redis.call('PERSIST', name)
  redis.call('PERSIST', map)
  redis.call('PERSIST', key.batchCodes(batch))
  redis.call('PERSIST', key.batchRedos(batch))
  redis.call('PERSIST', key.batchVerdicts(batch))
  redis.call('PERSIST', key.verdictMarks(batch))
  redis.call('PERSIST', key.verdictDetails(batch))
  redis.call('HDEL', name, 'files')
  if redis.call('HDEL', name, 'completedAt') == 1 then redis.call('HINCRBY', name, 'reopened', 1) end
  local retries = tonumber(fields.take or 1) - 1
  if retries > tonumber(redis.call('HGET', name, 'retries') or 0) then redis.call('HSET', name, 'retries', int(retries)) end
end
fields.createdAt = was.createdAt or batch and redis.call('HGET', key.batch(batch), 'createdAt') or int(now)
fields.version = was.version
local billed = tonumber(was.billed or 0)
countMoney(was, 'billed', -billed)
fields.billed = int(math.max(billed, fields.billed or 0))
fields.currency, fields.day = fields.currency or was.currency, fields.day or was.day
fields.putBack = '1'
redis.call('DEL', KEYS[1])
fields.order = orderOf(fields, 0)
if fields.taskId then claimTask(fields.lane, fields.taskId, fields.id) end
countMoney(fields, 'images', ask.stored)
-- the images of a rendered one are in the bucket: no address is about to die
enterState(newRecord(KEYS[1], fields), ask.state, { dueInMs = 0, expiresAt = now + 86400000 })
commit()
return 'reopened'
