#!lua
-- Empties a lane's submit tokens for a while: the vendor asked for quiet. Must not shorten a longer quiet.
--
-- KEYS[1]  the limiter
-- ARGV[1]  JSON: ms
-- answers  0
local ask = cjson.decode(ARGV[1])
--- @include "tokens"

holdTokens(KEYS[1], ask.ms)
return 0
