#!lua
-- Takes the order to judge many rows of a batch. Judges none of them: that goes on in slices (carry-operation.lua). Must not let
-- a producer have more of them than it may; the oldest that have ended are forgotten.
--
-- KEYS[1]  the operation
-- KEYS[2]  the batch
-- KEYS[3]  the rows that are meant, a byte for each: the verdict that it had when the order was given, or `\0`
-- ARGV[1]  JSON: prefix, fields: of the operation, all as text; mostKept, mostRows: operations of a producer, and rows of all
--          of them; mostOpen: that go on at a time; keptSeconds
-- answers  { opened }; { known }: it is there; { conflict }: for another request; { busy }; { full }: the batch had too many; or
--          { none }
local ask = cjson.decode(ARGV[1])
--- @include "clock"

local fields = ask.fields
local known = redis.call('HGET', KEYS[1], 'bodyHash')
if known then return { known == fields.bodyHash and 'known' or 'conflict' } end
if redis.call('EXISTS', KEYS[2]) == 0 then return { 'none' } end

local producer, open = fields.producer, 0
local going = {}
for _, name in ipairs(redis.call('SMEMBERS', key.openOperations)) do
  local whose, id = string.match(name, '^(%S+) (%S+)$')
  if whose == producer then
    open = open + 1
    going[id] = true
  end
end
if open >= ask.mostOpen then return { 'busy' } end
local number = tonumber(redis.call('HGET', KEYS[2], 'verdicts:operations') or 0) + 1
if number > 65535 then return { 'full' } end

-- the oldest go first, as many as are too many
local list = key.operations(producer)
local oldest, kept, rows = redis.call('ZRANGE', list, 0, -1), 0, tonumber(fields.matched)
for i = #oldest, 1, -1 do
  local id = oldest[i]
  local of = redis.call('HGET', key.operation(id), 'matched')
  kept, rows = kept + 1, rows + tonumber(of or 0)
  if not of or (not going[id] and (kept >= ask.mostKept or rows > ask.mostRows)) then
    kept, rows = kept - 1, rows - tonumber(of or 0)
    redis.call('UNLINK', key.operation(id), key.operationRows(id), key.operationBefore(id))
    redis.call('ZREM', list, id)
  end
end

redis.call('HSET', KEYS[2], 'verdicts:operations', int(number))
local flat = { 'state', 'running', 'number', int(number), 'next', '0', 'createdAt', int(now) }
for name, text in pairs(fields) do
  flat[#flat + 1] = name
  flat[#flat + 1] = text
end
redis.call('HSET', KEYS[1], unpack(flat))
redis.call('EXPIRE', KEYS[1], ask.keptSeconds)
redis.call('EXPIRE', KEYS[3], ask.keptSeconds)
redis.call('ZADD', list, int(now), fields.id)
redis.call('EXPIRE', list, ask.keptSeconds)
redis.call('SADD', key.openOperations, producer .. ' ' .. fields.id)
return { 'opened' }
