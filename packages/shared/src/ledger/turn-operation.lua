#!lua
-- Ends an operation where it is, or has it undone. Must not undo what is not known any more.
--
-- KEYS[1]  the operation
-- ARGV[1]  JSON: prefix, to: aborted or undoing
-- answers  { done }; { same }: it is so, or has ended before an abort; { none }
local ask = cjson.decode(ARGV[1])
--- @include "tell"

local found = redis.call('HMGET', KEYS[1], 'id', 'producer', 'batch', 'state', 'done', 'firstRow', 'lastRow', 'by', 'verdict')
local id, producer, batch, state, done = found[1], found[2], found[3], found[4], tonumber(found[5] or 0)
if not id then return { 'none' } end
if state == 'undone' or state == 'undoing' or (ask.to == 'aborted' and state ~= 'running') then return { 'same' } end
if state == 'running' then
  redis.call('UNLINK', key.operationRows(id))
  if done > 0 then
    tell(producer, {
      type = 'restyle.rows.reviewed', id = id .. '-aborted', subject = batch,
      data = {
        batch = batch, operation = id, firstRow = tonumber(found[6]), lastRow = tonumber(found[7]), rows = done,
        verdict = found[9] or cjson.null, by = found[8], at = now,
      },
    })
  end
end
if ask.to == 'aborted' then
  redis.call('HSET', KEYS[1], 'state', 'aborted', 'endedAt', int(now))
  redis.call('SREM', key.openOperations, producer .. ' ' .. id)
else
  redis.call('HSET', KEYS[1], 'state', 'undoing')
  redis.call('HDEL', KEYS[1], 'endedAt')
  redis.call('SADD', key.openOperations, producer .. ' ' .. id)
end
return { 'done' }
