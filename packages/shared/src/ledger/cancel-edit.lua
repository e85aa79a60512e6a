#!lua flags=allow-oom
-- Cancels an edit: a queued one ends, of an admitted one is noted that it must not be submitted again. Must not end what
-- may have a task. Works when Redis is out of memory: it makes room.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix
-- answers  `canceled`, now or before; `asked`: it was admitted, and goes on; `ended` otherwise; or `none`
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"

local edit = readRecord(KEYS[1])
local state = edit.fields.state
if not state then return 'none' end
if state == 'canceled' then return 'canceled' end
if fact.ends(state) then return 'ended' end
if state == 'queued' then
  enterState(edit, 'canceled', {})
  commit()
  return 'canceled'
end
redis.call('HSETNX', KEYS[1], 'cancelAsked', int(now))
return 'asked'
