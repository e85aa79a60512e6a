-- Redis's clock, the only one that all workers share: `now` in epoch milliseconds, `nowMicros` in microseconds.
local time = redis.call('TIME')
local nowMicros = time[1] * 1000000 + time[2]
local now = math.floor(nowMicros / 1000)

-- A whole number as text: Lua itself would write a large one with an exponent.
local function int(number) return string.format('%.0f', number) end
