#!lua flags=allow-oom
-- Saves a version of an API key as the bucket has it. Must not put an older version in the place of a newer one, nor let a key
-- live again that was revoked here. Works when Redis is out of memory: a key must end then, too.
--
-- KEYS[1]  the key
-- ARGV[1]  JSON: prefix, id, producer; version; createdAt (epoch ms); fields, all as text; forgetAt (epoch ms), when nobody
--          asks for it any more, absent while it lives
-- answers  `saved`, or `known`: this version, or a newer one, is there
local ask = cjson.decode(ARGV[1])
--- @include "clock"

local found = redis.call('HMGET', KEYS[1], 'version', 'revokedAt')
if tonumber(found[1] or -1) >= ask.version then return 'known' end
local fields = ask.fields
fields.version, fields.revokedAt = int(ask.version), found[2] or fields.revokedAt
local flat = {}
for name, text in pairs(fields) do
  flat[#flat + 1] = name
  flat[#flat + 1] = text
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(flat))
if ask.forgetAt then redis.call('PEXPIREAT', KEYS[1], int(ask.forgetAt)) end
redis.call('ZADD', key.apiKeys, int(ask.createdAt), ask.id)
redis.call('SADD', key.producers, ask.producer)
return 'saved'
