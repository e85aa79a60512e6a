#!lua flags=allow-oom
-- Empties a limiter for a while: the vendor asked for quiet. Must not shorten a longer quiet. Works when Redis is out of
-- memory.
--
-- KEYS[1]  the limiter
-- ARGV[1]  JSON: ms
-- answers  0
local ask = cjson.decode(ARGV[1])
--- @include "tokens"

holdTokens(KEYS[1], ask.ms)
return 0
