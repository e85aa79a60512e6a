-- An edit's hash: what scripts ask of it is read once, what they change is written once.
-- `written` (names and texts in turn) and `removed` (names) are what `save` writes, and what a script answers. The money
-- is also kept as it was, so that whoever counts it counts the difference.

local function readRecord(name)
  local flat, fields = redis.call('HGETALL', name), {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return {
    name = name, written = {}, removed = {}, fields = fields,
    reservedBefore = tonumber(fields.reserved or 0), billedBefore = tonumber(fields.billed or 0),
  }
end

local function newRecord(name, fields)
  local written = {}
  for field, text in pairs(fields) do
    written[#written + 1] = field
    written[#written + 1] = text
  end
  return { name = name, written = written, removed = {}, fields = fields, reservedBefore = 0, billedBefore = 0 }
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

local function save(record)
  redis.call('HSET', record.name, unpack(record.written))
  if #record.removed > 0 then redis.call('HDEL', record.name, unpack(record.removed)) end
end
