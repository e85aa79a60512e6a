--- @include "pieces"
-- An edit's hash: what scripts ask of it is read once, what they change is written once.
-- `written` (names and texts in turn) and `removed` (names) are what `save` writes, and what a script answers. The money
-- is also kept as it was, so that whoever counts it counts the difference.

local function readRecord(name)
  local fields, more = joined(redis.call('HGETALL', name))
  return {
    name = name, written = {}, removed = {}, fields = fields, more = more,
    reservedBefore = tonumber(fields.reserved or 0), billedBefore = tonumber(fields.billed or 0),
  }
end

local function newRecord(name, fields)
  local written = {}
  for field, text in pairs(fields) do
    written[#written + 1] = field
    written[#written + 1] = text
  end
  return { name = name, written = written, removed = {}, fields = fields, more = {}, reservedBefore = 0, billedBefore = 0 }
end

local function put(record, field, text)
  local written = record.written
  record.fields[field] = text
  written[#written + 1] = field
  written[#written + 1] = text
end

-- A field that was put and then dropped is gone; one that was dropped must not be put again.
local function drop(record, field)
  if not record.fields[field] then return end
  record.fields[field] = nil
  record.removed[#record.removed + 1] = field
end

-- Takes away all pieces of a field behind the first `kept`.
local function shorten(record, field, kept, gone)
  for i = kept + 1, record.more[field] or 0 do gone[#gone + 1] = field .. '~' .. i end
end

local function save(record)
  local flat, gone, seen = {}, {}, {}
  for i = 1, #record.written, 2 do
    local field = record.written[i]
    local text = record.fields[field]
    if text and not seen[field] then
      seen[field] = true
      local pieces = cut(text)
      for n, piece in ipairs(pieces) do
        flat[#flat + 1] = n == 1 and field or field .. '~' .. (n - 1)
        flat[#flat + 1] = piece
      end
      shorten(record, field, #pieces - 1, gone)
    end
  end
  for _, field in ipairs(record.removed) do
    gone[#gone + 1] = field
    shorten(record, field, 0, gone)
  end
  redis.call('HSET', record.name, unpack(flat))
  if #gone > 0 then redis.call('HDEL', record.name, unpack(gone)) end
end
