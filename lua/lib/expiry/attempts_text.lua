--- The text of an item in `attempts`, as stored_attempts reads it.
---
---@param count integer the number of its claims
---@param again_ms integer|nil when it is due again after its claim
---@param since_ms integer|nil the first trigger that track debounced since the last claim
---@return string text
local function attempts_text(count, again_ms, since_ms)
  local since = since_ms and string.format(" since %d", since_ms) or ""
  if again_ms then
    return string.format("%d again %d%s", count, again_ms, since)
  end
  return string.format("%d%s", count, since)
end

return attempts_text
