#!lua flags=allow-oom
-- Stops a batch for a reason, or ends that reason: nothing of it is fed or admitted while any stops it. Must not touch another
-- reason, nor look at its rows, however many there are.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, reason; stop: { untilAt (epoch ms), detail }, both as text and both optional, or absent: it
--          ends; quiet: whether nobody is told
-- answers  { done, mark }: its edits in Redis follow (settle-batch.lua); { same }: it was so before; { canceled };
--          { completed }; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local found = redis.call('HMGET', KEYS[1], 'producer', 'canceledAt', 'completedAt')
local producer = found[1]
if not producer then return { 'none' } end
if found[2] then return { 'canceled' } end
if found[3] then return { 'completed' } end
if not stopBatch(ask.batch, producer, ask.reason, ask.stop, ask.quiet) then return { 'same' } end
commit()
return { 'done', unsettle(ask.batch) }
