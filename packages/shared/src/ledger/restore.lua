#!lua
-- Writes an edit that the ledger has forgotten, in the state where its receipts say it was. Must not touch an edit that
-- is there, nor bring one back that was folded: its row has ended. What it writes is due at once, so that the sweep wakes it.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix, state, fields as text; stored: how many of its images are in the bucket
-- answers  `restored` or `known`
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "claim-task"

if redis.call('EXISTS', KEYS[1]) == 1 then return 'known' end
local fields = ask.fields
local batch = batchOf(fields)
if batch and fields.id == batch .. '-' .. fields.row then
  local byte = redis.call('GETRANGE', key.batchMap(batch), fields.row, fields.row)
  if fact.endOf(byte) then return 'known' end
end
fields.createdAt = int(now)
fields.putBack = '1'
fields.order = orderOf(fields, 0)
if fields.taskId then claimTask(fields.lane, fields.taskId, fields.id) end
-- counted here, once: the hand that ends it finds nothing left to store
countMoney(fields, 'images', ask.stored)
-- the images of a rendered one are in the bucket: no address is about to die
enterState(newRecord(KEYS[1], fields), ask.state, { dueInMs = 0, expiresAt = now + 86400000 })
commit()
return 'restored'
