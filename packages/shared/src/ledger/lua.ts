/** Lua that more than one script begins with. */

/** `now`: epoch milliseconds on Redis's clock, the only clock that all workers share. */
export const clock = `
local time = redis.call('TIME')
local nowMicros = time[1] * 1000000 + time[2]
local now = math.floor(nowMicros / 1000)
local function int(number) return string.format('%.0f', number) end
`

/** Moves one row of a batch from a state to another: the counts, and the row's byte in the map. */
export const recount = `
local function recount(prefix, batch, row, from, to, byte)
  if not batch or batch == '' then return end
  local key = prefix .. ':batch:' .. batch
  if from then redis.call('HINCRBY', key, from, -1) end
  redis.call('HINCRBY', key, to, 1)
  redis.call('SETRANGE', key .. ':map', row, byte)
end
`
