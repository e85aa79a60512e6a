#!lua
-- Puts back verdicts of a batch that the ledger has forgotten and the bucket has. Must not touch a row that has been judged since.
-- Tells nobody: it was told when they were given.
--
-- KEYS[1]  the batch
-- ARGV[1]  JSON: prefix, batch, from (row); bytes: a verdict for each row, at most 500; marks: the operations of rows, each
--          { row, number }; details: each { field, text }; operations: the highest number of all
-- answers  how many it has put back, or -1: there is no such batch
local ask = cjson.decode(ARGV[1])
--- @include "verdicts"

local batch, from, to = ask.batch, ask.from, ask.from + #ask.bytes
if not redis.call('HGET', KEYS[1], 'producer') then return -1 end
local verdicts, marks = verdictsOf(batch, from, to)
local numbers = {}
for _, mark in ipairs(ask.marks) do numbers[mark[1]] = string.char(math.floor(mark[2] / 256), mark[2] % 256) end
local newBytes, newMarks, restored = {}, {}, 0
for i = 1, to - from do
  local is, was = string.sub(verdicts, i, i), string.sub(ask.bytes, i, i)
  newBytes[i], newMarks[i] = is, string.sub(marks, 2 * i - 1, 2 * i)
  if is == fact.noVerdict and newMarks[i] == noMark and was ~= fact.noVerdict then
    newBytes[i], newMarks[i] = was, numbers[from + i - 1] or noMark
    countVerdict(batch, was, 1)
    restored = restored + 1
  end
end
for _, detail in ipairs(ask.details) do
  if redis.call('HSETNX', key.verdictDetails(batch), detail[1], detail[2]) == 1 and string.sub(detail[1], 1, 3) ~= 'op:' then
    tally(KEYS[1], 'verdicts:bytes', #detail[1] + #detail[2])
  end
end
if ask.operations > tonumber(redis.call('HGET', KEYS[1], 'verdicts:operations') or 0) then
  redis.call('HSET', KEYS[1], 'verdicts:operations', int(ask.operations))
end
if restored == 0 then
  writeTallies()
  return 0
end
redis.call('SETRANGE', key.batchVerdicts(batch), int(from), table.concat(newBytes))
redis.call('SETRANGE', key.verdictMarks(batch), int(2 * from), table.concat(newMarks))
noteVerdicts(batch)
writeTallies()
return restored
