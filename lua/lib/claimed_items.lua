local stored_integer = require("lib.stored_integer")

--- Pairs claimed items with how often each has been claimed.
---
---@param attempts key.attempts
---@param names string[] at most 1000, at least one
---@param more integer added to what is stored; a count that is lost is 1 at least
---@return claimed_item[] items in the order of the names
local function claimed_items(attempts, names, more)
  local items = {}
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 1000 items
  for position, name in ipairs(names) do
    local count = stored_integer(counts[position], "attempts") or 0
    items[position] = { item = name, attempts = math.max(count + more, 1) }
  end
  return items
end

return claimed_items
