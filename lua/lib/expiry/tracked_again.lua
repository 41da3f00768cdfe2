local attempts_text = require("lib.expiry.attempts_text")
local stored_attempts = require("lib.expiry.stored_attempts")

--- Sorts items whose claim ends: those that were tracked while they were claimed begin a new life.
---
---@param items string[] at most 100
---@param texts table their texts in `attempts`
---@return string[] ended at most 100: the items that were not tracked meanwhile
---@return string[] again at most 100: the items that were
---@return string[] instants for ZADD to due: time, item, time, item …
---@return string[] begun for HSET to attempts: item, text, item, text …
---@return integer first_ms the earliest of the times
local function tracked_again(items, texts)
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  local ended, again, instants, begun = {}, {}, {}, {}
  local first_ms = MAX_TIME
  -- at most 100 items
  for position, item in ipairs(items) do
    local _, again_ms, since_ms = stored_attempts(texts[position])
    if again_ms then
      again[#again + 1] = item
      instants[#instants + 1] = string.format("%d", again_ms)
      instants[#instants + 1] = item
      begun[#begun + 1] = item
      begun[#begun + 1] = attempts_text(0, nil, since_ms)
      first_ms = math.min(first_ms, again_ms)
    else
      ended[#ended + 1] = item
    end
  end
  return ended, again, instants, begun, first_ms
end

return tracked_again
