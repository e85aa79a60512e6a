#!lua
-- Keeps what a person thinks of one row of a batch, or takes it back. Must not judge a row that has no images, nor an edit that
-- is not the row's newest, nor overrule what its caller does not know.
--
-- KEYS[1]  the batch
-- KEYS[2…] later edits of the row, as far as there may be any
-- ARGV[1]  JSON: prefix, batch, edit (its id), row, take, key, verdict (absent: taken back), by, note, image, redo; known: what
--          the caller knows, as this script gives it, or absent; mostBytes: of details in a batch
-- answers  { done, at }; { same }: it was so before; { open, byte }: the row has no images; { older }; { changed }; { full }; or
--          { none }
local ask = cjson.decode(ARGV[1])
--- @include "verdicts"

local producer = redis.call('HGET', KEYS[1], 'producer')
if not producer then return { 'none' } end
local batch, row, succeeded = ask.batch, ask.row, 'succeeded'
local byte = redis.call('GETRANGE', key.batchMap(batch), int(row), int(row))
if byte ~= fact.byteOf(succeeded) then return { 'open', byte } end
if #KEYS > 1 and redis.call('EXISTS', unpack(KEYS, 2)) > 0 then return { 'older' } end

local before, mark = verdictsOf(batch, row, row + 1)
local field = detailOf(row, ask.take)
local detail = redis.call('HGET', key.verdictDetails(batch), field)
if before == fact.noVerdict or mark ~= noMark then detail = false end
local number = string.byte(mark, 1) * 256 + string.byte(mark, 2)
if ask.known and ask.known ~= before .. ' ' .. number .. ' ' .. (detail or '') then return { 'changed' } end

local verdict, record = ask.verdict, nil
if verdict then
  record = { verdict = verdict, by = ask.by, at = now, note = ask.note, image = ask.image, redo = ask.redo }
  local was = detail and cjson.decode(detail)
  if was and saysTheSame(was, ask) then return { 'same' } end
elseif before == fact.noVerdict then
  return { 'same' }
end
if not putDetail(batch, field, record and cjson.encode(record), ask.mostBytes) then return { 'full' } end
local after = verdict and fact.byteOfVerdict(verdict) or fact.noVerdict
redis.call('SETRANGE', key.batchVerdicts(batch), int(row), after)
if mark ~= noMark then redis.call('SETRANGE', key.verdictMarks(batch), int(2 * row), noMark) end
countVerdict(batch, before, -1)
countVerdict(batch, after, 1)
noteVerdicts(batch)
local times = redis.call('HINCRBY', KEYS[1], 'verdicts:told', 1)
tell(producer, {
  type = 'restyle.edit.reviewed', id = ask.edit .. '-reviewed-' .. int(times), subject = ask.edit,
  data = {
    edit = ask.edit, batch = batch, row = row, key = ask.key, verdict = verdict or cjson.null, by = ask.by, at = now,
    note = ask.note, image = ask.image, redo = ask.redo,
  },
})
writeTallies()
return { 'done', int(now) }
