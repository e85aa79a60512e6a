#!lua
-- Goes on with an operation: judges some of its rows, or gives some their former verdicts back where it is undone. Whoever calls
-- goes on where the last call left off. Must not touch a row that was judged, or done again, since the order, nor one without
-- images.
--
-- KEYS[1]  the operation
-- ARGV[1]  JSON: prefix, count: of rows in a slice; keptSeconds
-- answers  1 where it goes on, or 0
local ask = cjson.decode(ARGV[1])
--- @include "verdicts"

local names = { 'id', 'producer', 'batch', 'verdict', 'by', 'state', 'number', 'next', 'firstRow', 'lastRow', 'done', 'left', 'restored', 'createdAt' }
local found, op = redis.call('HMGET', KEYS[1], unpack(names)), {}
for i, name in ipairs(names) do op[name] = found[i] end
if op.state ~= 'running' and op.state ~= 'undoing' then return 0 end
local batch, succeeded = op.batch, 'succeeded'
local number = tonumber(op.number)
local ownMark = string.char(math.floor(number / 256), number % 256)
local rowsName, beforeName = key.operationRows(op.id), key.operationBefore(op.id)

local function add(field, by)
  if by ~= 0 then op[field] = redis.call('HINCRBY', KEYS[1], field, int(by)) end
end

-- All of it is done: tells so, once.
local function finish(state)
  redis.call('HSET', KEYS[1], 'state', state, 'endedAt', int(now))
  redis.call('UNLINK', rowsName)
  redis.call('SREM', key.openOperations, op.producer .. ' ' .. op.id)
  local rows = tonumber(state == 'undone' and op.restored or op.done or 0)
  if rows > 0 then
    tell(op.producer, {
      type = 'restyle.rows.reviewed', id = op.id .. '-' .. state, subject = batch,
      data = {
        batch = batch, operation = op.id, firstRow = tonumber(op.firstRow), lastRow = tonumber(op.lastRow), rows = rows,
        verdict = op.verdict or cjson.null, by = op.by, at = now, undone = state == 'undone' or nil,
      },
    })
  end
  return 0
end

-- Writes the rows of a slice, those that stay as they are too.
local function write(from, bytes, marks)
  redis.call('SETRANGE', key.batchVerdicts(batch), int(from), table.concat(bytes))
  redis.call('SETRANGE', key.verdictMarks(batch), int(2 * from), table.concat(marks))
  noteVerdicts(batch)
  writeTallies()
end

local function judge(from, meant)
  local to = from + #meant
  local states = redis.call('GETRANGE', key.batchMap(batch), int(from), int(to - 1))
  local verdicts, marks = verdictsOf(batch, from, to)
  local after = op.verdict and fact.byteOfVerdict(op.verdict) or fact.noVerdict
  local newBytes, newMarks, before, isOne, done, left = {}, {}, {}, true, 0, 0
  for i = 1, #meant do
    local want, is, mark = string.sub(meant, i, i), string.sub(verdicts, i, i), string.sub(marks, 2 * i - 1, 2 * i)
    newBytes[i], newMarks[i], before[i] = is, mark, is .. mark
    if want ~= '\0' then
      if want == is and string.sub(states, i, i) == fact.byteOf(succeeded) then
        newBytes[i], newMarks[i] = after, ownMark
        if done > 0 and before[i] ~= isOne then isOne = false end
        if done == 0 then isOne = before[i] end
        done = done + 1
        countVerdict(batch, is, -1)
        countVerdict(batch, after, 1)
        op.lastRow = from + i - 1
        if not op.firstRow then op.firstRow = op.lastRow end
      else
        left = left + 1
      end
    end
  end
  add('done', done)
  add('left', left)
  if done == 0 then return end
  if tonumber(op.done) == done then
    redis.call('HSET', key.verdictDetails(batch), 'op:' .. int(number),
      cjson.encode({ by = op.by, at = tonumber(op.createdAt), operation = op.id }))
  end
  -- rows that are alike are kept as one
  local kept = isOne or table.concat(before)
  redis.call('RPUSH', beforeName, int(from) .. ' ' .. int(to) .. ' ' .. kept)
  redis.call('EXPIRE', beforeName, ask.keptSeconds)
  redis.call('HSET', KEYS[1], 'firstRow', int(op.firstRow), 'lastRow', int(op.lastRow))
  write(from, newBytes, newMarks)
end

local function restore(slice)
  local first, last, kept = string.match(slice, '^(%d+) (%d+) (.*)$')
  local from, to = tonumber(first), tonumber(last)
  if not redis.call('HGET', key.batch(batch), 'producer') then return end
  local verdicts, marks = verdictsOf(batch, from, to)
  local newBytes, newMarks, restored = {}, {}, 0
  for i = 1, to - from do
    local is, mark = string.sub(verdicts, i, i), string.sub(marks, 2 * i - 1, 2 * i)
    newBytes[i], newMarks[i] = is, mark
    if mark == ownMark then
      local was = #kept == 3 and kept or string.sub(kept, 3 * i - 2, 3 * i)
      newBytes[i], newMarks[i] = string.sub(was, 1, 1), string.sub(was, 2, 3)
      countVerdict(batch, is, -1)
      countVerdict(batch, newBytes[i], 1)
      restored = restored + 1
    end
  end
  add('restored', restored)
  if restored > 0 then write(from, newBytes, newMarks) end
end

if op.state == 'undoing' then
  local slice = redis.call('LPOP', beforeName)
  if not slice then return finish('undone') end
  restore(slice)
  return 1
end
-- the next rows that are meant, and where they begin
local from = tonumber(op.next)
local ahead = redis.call('GETRANGE', rowsName, int(from), int(from + 65535))
if #ahead == 0 or not redis.call('HGET', key.batch(batch), 'producer') then return finish('done') end
local at = string.find(ahead, '[^%z]')
local after = from + #ahead
if at then
  after = from + at - 1 + math.min(ask.count, #ahead - at + 1)
  judge(from + at - 1, string.sub(ahead, at, at + ask.count - 1))
end
redis.call('HSET', KEYS[1], 'next', int(after))
return 1
