-- An edit's hash: what scripts ask of it is read once, what they change is written once.
-- `written` (names and texts in turn) and `removed` (names) are what `save` writes, and what a script answers. The money
-- is also kept as it was, so that whoever counts it counts the difference.

local function readRecord(name)
  local f = redis.call('HMGET', name, 'id', 'producer', 'batch', 'row', 'state', 'version', 'attempt', 'lane',
    'fingerprint', 'reserved', 'billed', 'traceparent', 'model', 'n', 'class', 'alike', 'order', 'pausedAt', 'cancelAsked')
  return {
    name = name, written = {}, removed = {},
    fields = {
      id = f[1], producer = f[2], batch = f[3], row = f[4], state = f[5], version = f[6], attempt = f[7], lane = f[8],
      fingerprint = f[9], reserved = f[10], billed = f[11], traceparent = f[12], model = f[13], n = f[14], class = f[15],
      alike = f[16], order = f[17], pausedAt = f[18], cancelAsked = f[19],
    },
    reservedBefore = tonumber(f[10] or 0), billedBefore = tonumber(f[11] or 0),
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
  record.fields[field] = nil
  record.removed[#record.removed + 1] = field
end

local function save(record)
  redis.call('HSET', record.name, unpack(record.written))
  if #record.removed > 0 then redis.call('HDEL', record.name, unpack(record.removed)) end
end
