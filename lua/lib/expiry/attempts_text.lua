--- The text of an item in `attempts`, as stored_attempts reads it.
---
---@param count integer the number of its claims
---@param again_ms integer|nil when it is due again after its claim
---@param since_ms integer|nil the first trigger that track debounced since the last claim
---@return string text
local function attempts_text(count, again_ms, since_ms)
  local text = string.format("%d", count)
  if again_ms then
    text = text .. string.format(" again %d", again_ms)
  end
  if since_ms then
    text = text .. string.format(" since %d", since_ms)
  end
  return text
end

return attempts_text
