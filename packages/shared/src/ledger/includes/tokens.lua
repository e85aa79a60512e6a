--- @include "clock"
-- A GCRA: one token per interval (µs), `burst` of them at once. The key holds when the next token is due (µs).

-- Takes a token and answers 0, or takes none and answers the milliseconds until there is one.
local function takeToken(name, interval, burst)
  local due = math.max(tonumber(redis.call('GET', name) or 0), nowMicros)
  local early = due - nowMicros - interval * (burst - 1)
  if early > 0 then return math.ceil(early / 1000) end
  redis.call('SET', name, int(due + interval), 'PX', math.ceil((due + interval - nowMicros) / 1000) + 1)
  return 0
end

-- No token for `ms` from now; what is asked for longer already stays.
local function holdTokens(name, ms)
  local due = nowMicros + ms * 1000
  if tonumber(redis.call('GET', name) or 0) < due then redis.call('SET', name, int(due), 'PX', ms) end
end
