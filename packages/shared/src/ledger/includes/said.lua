-- What a person says of an edit, beside the verdict and the time.
local said = { 'by', 'note', 'image', 'redo' }

local function saysTheSame(was, ask)
  for _, name in ipairs(said) do
    if was[name] ~= ask[name] then return false end
  end
  return was.verdict == ask.verdict
end
