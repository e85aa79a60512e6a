#!lua
-- Tells a producer that an edit of its was refused which came where nobody is answered. Must not write anything else: there is no edit.
--
-- KEYS[1]  the producer's events
-- ARGV[1]  JSON: prefix, producer; event: { id, subject, data as JSON, traceparent }
-- answers  `told`
local ask = cjson.decode(ARGV[1])
--- @include "tell"

local event = ask.event
event.type = 'restyle.edit.refused'
tellText(ask.producer, event)
return 'told'
