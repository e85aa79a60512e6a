#!lua
-- Keeps what a person thinks of an edit that came alone, or takes it back. Must not judge one that has no images, nor overrule
-- what its caller does not know. Changes nothing else of it: its version stays.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix, verdict (absent: taken back), by, note, image, redo; known: what the caller knows (JSON as text, ''
--          for none), or absent; again: one that the bucket has (JSON as text), which is put back and not told
-- answers  { done, at }; { same }: it was so before; { open, state }: it has no images; { changed }; or { none }
local ask = cjson.decode(ARGV[1])
--- @include "clock"
--- @include "record"
--- @include "tell"
--- @include "said"

local edit = readRecord(KEYS[1])
local fields = edit.fields
if not fields.producer then return { 'none' } end
local before = fields.verdict or ''
-- its images may be on their way once more
if ask.again then
  if before ~= '' or fields.judged then return { 'same' } end
  put(edit, 'verdict', ask.again)
  save(edit)
  return { 'done', int(now) }
end
if fields.state ~= 'succeeded' then return { 'open', fields.state } end
if ask.known and ask.known ~= before then return { 'changed' } end

local verdict = ask.verdict
if verdict then
  local was = before ~= '' and cjson.decode(before)
  if was and saysTheSame(was, ask) then return { 'same' } end
  put(edit, 'verdict', cjson.encode({
    verdict = verdict, by = ask.by, at = now, note = ask.note, image = ask.image, redo = ask.redo,
  }))
else
  if before == '' then return { 'same' } end
  drop(edit, 'verdict')
end
put(edit, 'judged', int((fields.judged or 0) + 1))
save(edit)
redis.call('ZADD', key.verdictsChanged, int(nowMicros), fields.id)
tell(fields.producer, {
  type = 'restyle.edit.reviewed', id = fields.id .. '-reviewed-' .. fields.judged, subject = fields.id,
  data = {
    edit = fields.id, key = fields.key, verdict = verdict or cjson.null, by = ask.by, at = now, note = ask.note,
    image = ask.image, redo = ask.redo,
  },
})
return { 'done', int(now) }
