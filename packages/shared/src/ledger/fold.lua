#!lua flags=allow-oom
-- Drops edits that the bucket has as results. Must not drop one that has not ended, of whose end its producer was not told,
-- or that is not as it was read: then it drops none. Works when Redis is out of memory.
--
-- KEYS     the edits, in the order of `versions`
-- ARGV[1]  JSON: versions
-- answers  how many it has dropped, or -1
local ask = cjson.decode(ARGV[1])

local ended = {}
for i, name in ipairs(KEYS) do
  local found = redis.call('HMGET', name, 'version', 'state', 'told')
  local version, state, told = found[1], found[2], found[3]
  if version then
    if not fact.ends(state) or version ~= ask.versions[i] or told ~= state then return -1 end
    ended[#ended + 1] = name
  end
end
if #ended > 0 then redis.call('UNLINK', unpack(ended)) end
return #ended
