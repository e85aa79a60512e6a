#!lua flags=allow-oom
-- Chooses what is folded next, and gives it to the caller for a minute. Must not give out rows that ended just now. Works
-- when Redis is out of memory: folding frees some.
--
-- KEYS[1]  the slices, or the batches whose files are to be written, with the number of their end as `first`
-- ARGV[1]  JSON: prefix; keptMs: for how long rows stay after their end
-- answers  { fold, slice, first, at }: the batch's rows from `first` on, `at` is what `settle-fold` asks for; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "clock"

local claimMs = 60000

local newest = now - ask.keptMs
local slice = redis.call('ZRANGE', KEYS[1], '-inf', int(newest), 'BYSCORE', 'LIMIT', 0, 1)[1]
if not slice then return { 'none' } end
local at = int(newest + claimMs)
redis.call('ZADD', KEYS[1], at, slice)
local batch, first = string.match(slice, '^(%S+) (%d+)$')
return { 'fold', batch, first, at }
