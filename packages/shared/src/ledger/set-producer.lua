#!lua flags=allow-oom
-- Sets what an admin has decided for a producer: its weight, its caps and its time zone. It goes on where a cap had stopped it
-- and does no longer. Must not put an older version in the place of a newer one. Works when Redis is out of memory.
--
-- KEYS[1]  the producer
-- ARGV[1]  JSON: prefix, producer; settings: as settings.lua takes them
-- answers  `set`, or `known`: this version, or a newer one, is there
local ask = cjson.decode(ARGV[1])
--- @include "settings"

local isNew = applySettings(KEYS[1], ask.producer, ask.settings)
commit()
return isNew and 'set' or 'known'
