#!lua flags=allow-oom
-- Pauses or resumes a batch: nothing of it is fed or admitted. Must not look at its rows, however many there are.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, pause: true or false
-- answers  { done, mark }: its edits in Redis follow (settle-batch.lua); { same }: it was so before; { canceled };
--          { completed }; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "steer-batch"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'completedAt', 'pausedAt')
local producer = found[1]
if not producer then return { 'none' } end
if found[2] then return { 'canceled' } end
if found[3] then return { 'completed' } end
if ask.pause == (found[4] ~= false) then return { 'same' } end
if ask.pause then redis.call('HSET', KEYS[1], 'pausedAt', int(now)) else redis.call('HDEL', KEYS[1], 'pausedAt') end
placeResting(ask.batch, producer, ask.pause)
return { 'done', unsettle(ask.batch) }
