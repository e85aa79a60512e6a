#!lua flags=allow-oom
-- Pauses or resumes a queued edit. Must not concern one that is admitted: its task would run all the same.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix, pause: true or false
-- answers  its state: `queued` where it was done, or was so before; or `none`
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local fields = readRecord(KEYS[1]).fields
if fields.state ~= 'queued' then return fields.state or 'none' end
if ask.pause and not fields.pausedAt then
  redis.call('HSET', KEYS[1], 'pausedAt', int(now))
  stepAside(fields)
elseif fields.pausedAt and not ask.pause then
  redis.call('HDEL', KEYS[1], 'pausedAt')
  fields.pausedAt = nil
  comeBack(fields)
end
commit()
return 'queued'
