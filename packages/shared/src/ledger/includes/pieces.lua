-- Long texts of an edit are cut: `request` has the first piece, `request~1`, `request~2`, … the next ones. Redis keeps a hash
-- in its compact form, a third of the size, while no text is longer than 64 bytes and no more than 128 fields are there
-- (hash-max-listpack-value and -entries). What would need too many pieces stays whole.
local longestPiece = 64
local mostPieces = 40

local function isWithinCharacter(text, at)
  local byte = string.byte(text, at)
  return byte and byte >= 128 and byte < 192
end

-- Whoever reads a piece takes it for text, so that no character may be cut.
local function cut(text)
  if #text <= longestPiece or #text > longestPiece * (mostPieces - 1) then return { text } end
  local pieces, from = {}, 1
  while from <= #text do
    local after = from + longestPiece
    for _ = 1, 3 do
      if isWithinCharacter(text, after) then after = after - 1 end
    end
    pieces[#pieces + 1] = string.sub(text, from, after - 1)
    from = after
  end
  return pieces
end

-- What HGETALL answers, with all texts whole; and how many pieces each that is cut has beside its first.
local function joined(flat)
  local fields, rests, more = {}, {}, {}
  for i = 1, #flat, 2 do
    local name = flat[i]
    local at = string.find(name, '~', 1, true)
    if at then
      local base = string.sub(name, 1, at - 1)
      rests[base] = rests[base] or {}
      rests[base][tonumber(string.sub(name, at + 1))] = flat[i + 1]
    else
      fields[name] = flat[i + 1]
    end
  end
  for base, pieces in pairs(rests) do
    more[base] = #pieces
    fields[base] = (fields[base] or '') .. table.concat(pieces)
  end
  return fields, more
end
