#!lua
-- Takes the next rows of a batch: from now on they rest. Must not take a row twice, nor leave one out, nor touch a row
-- that has a state already.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, first (row), count; lots: each a model and class that some of the rows have, with
--          how many rows and images that is, where that is known; left: rows
--          among them that do not rest
-- answers  { appended, accepted }; { known, accepted }; { gap, accepted }: rows are missing before these; { closed,
--          accepted }: it has no more rows; { canceled, accepted }; or { none, 0 }: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "resting"

local batch = ask.batch
local found = redis.call('HMGET', KEYS[1], 'producer', 'accepted', 'total', 'canceledAt')
local producer, accepted, total = found[1], tonumber(found[2] or 0), tonumber(found[3] or math.huge)
if not producer then return { 'none', 0 } end
local after = ask.first + ask.count
if found[4] then return { 'canceled', accepted } end
if ask.first < accepted then return { 'known', accepted } end
if after > total then return { 'closed', accepted } end
if ask.first > accepted then return { 'gap', accepted } end

-- a row that was put back from its receipts is in the map before it is taken
local map = key.batchMap(batch)
local there = redis.call('GETRANGE', map, int(ask.first), int(after - 1))
local marked, rest = string.gsub(there, '%z', fact.restingByte)
redis.call('SETRANGE', map, int(ask.first), marked .. string.rep(fact.restingByte, ask.count - #there))
for _, row in ipairs(ask.left) do redis.call('SETRANGE', map, int(row), '\0') end
redis.call('HSET', KEYS[1], 'accepted', int(after))
local resting = rest + ask.count - #there - #ask.left
redis.call('HINCRBY', KEYS[1], 'resting', int(resting))
redis.call('HINCRBY', KEYS[1], 'mapVersion', 1)
if resting ~= 0 then redis.call('HINCRBY', key.spend(producer), 'open', int(resting)) end

for _, lot in ipairs(ask.lots) do
  local name = lot.model .. ':' .. lot.class
  redis.call('HSETNX', KEYS[1], 'fed:' .. name, int(ask.first))
  -- for forecasts; who puts rows back does not know them
  if lot.rows then
    redis.call('HINCRBY', KEYS[1], 'rows:' .. name, int(lot.rows))
    redis.call('HINCRBY', KEYS[1], 'images:' .. name, int(lot.images))
  end
  joinResting(batch, lot.model, lot.class, producer)
  noteHunger(lot.model, lot.class, producer)
end
return { 'appended', after }
