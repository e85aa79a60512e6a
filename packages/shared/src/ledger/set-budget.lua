#!lua flags=allow-oom
-- Sets what a batch may cost, or that nobody says. It goes on where its budget had stopped it and does no longer. Must not put
-- an older decision in the place of a newer one. Works when Redis is out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch; number: of the decision, counted from 1; budget (JSON as text: currency, micros), or absent
-- answers  { done, mark }: it goes on, and its edits in Redis follow (settle-batch.lua); { set }; { known }: this decision, or
--          a later one, is there; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'budgets')
local producer = found[1]
if not producer then return { 'none' } end
if ask.number <= tonumber(found[2] or 0) then return { 'known' } end
redis.call('HSET', KEYS[1], 'budgets', int(ask.number))
if ask.budget then redis.call('HSET', KEYS[1], 'budget', ask.budget) else redis.call('HDEL', KEYS[1], 'budget') end
batchFlags[ask.batch] = nil
local goes = goOnBatch(ask.batch, producer, true)
commit()
if not goes then return { 'set' } end
return { 'done', unsettle(ask.batch) }
