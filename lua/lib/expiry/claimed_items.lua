local stored_integer = require("lib.stored_integer")

--- Pairs claimed items with the number of their claims.
---
---@param attempts key.attempts
---@param names string[] at most 1000, at least one
---@param added integer added to each stored number; the result is at least 1, because an item may
---   have none stored
---@return claimed_item[] items in the order of the names
local function claimed_items(attempts, names, added)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + added, 1) }
  end
  return items
end

return claimed_items
