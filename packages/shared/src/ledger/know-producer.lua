#!lua
-- Learns which day it is for a producer in the days to come, and what it may cost and has cost where Redis has forgotten that.
-- Must not put older settings in the place of newer ones, nor the days of another time zone.
--
-- KEYS[1]  the producer
-- ARGV[1]  JSON: prefix, producer; zone: whose days these are; days: `start=day` for each, by their starts (epoch ms), and
--          `end=`; settings, where the bucket has some: as settings.lua takes them; totals: by name, what the bucket
--          knows to be billed in all (micro-currency)
-- answers  the time zone: another one than asked where it was changed meanwhile, and then nothing was written of the days
local ask = cjson.decode(ARGV[1])
--- @include "settings"

if ask.settings then applySettings(KEYS[1], ask.producer, ask.settings) end
for name, micros in pairs(ask.totals) do
  local more = micros - tonumber(redis.call('HGET', key.spend(ask.producer), name) or 0)
  if more > 0 then tally(key.spend(ask.producer), name, more) end
end
local zone = redis.call('HGET', KEYS[1], 'zone') or 'UTC'
if zone == ask.zone then redis.call('HSET', KEYS[1], 'days', ask.days) end
commit()
return zone
