#!lua flags=allow-oom
-- Notes that the files of a batch are in the bucket, and tells its producer. Must not tell of files of another end than the
-- batch's last one, nor twice of the same. Works when Redis is out of memory.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, number: of the end, counted from 1; files: as text
-- answers  `told`, `known`, or `stale`: the batch is gone, or has not ended, or has ended again
local ask = cjson.decode(ARGV[1])
--- @include "tell"

local found = redis.call('HMGET', KEYS[1], 'producer', 'completedAt', 'ends', 'files')
if not found[1] or not found[2] or tonumber(found[3] or 0) ~= ask.number then return 'stale' end
if found[4] == ask.files then return 'known' end
redis.call('HSET', KEYS[1], 'files', ask.files)
tellOfBatch(ask.batch, found[1], 'stored', ask.number)
return 'told'
