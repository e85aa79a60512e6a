#!lua
-- Opens a batch; its rows are accepted afterwards. Must not touch a batch that is there already.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix; batch: id, producer, name, total, bodyHash, as text
-- answers  `created`, `known` (the same id with the same body) or `conflict` (with another body)
local ask = cjson.decode(ARGV[1])
--- @include "record"
--- @include "clock"

local known = redis.call('HGET', KEYS[1], 'bodyHash')
if known then return known == ask.batch.bodyHash and 'known' or 'conflict' end
ask.batch.createdAt = int(now)
save(newRecord(KEYS[1], ask.batch))
return 'created'
