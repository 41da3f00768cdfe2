--- Selects those of the given items that are dead, each once.
---
---@param dead key.dead
---@param items string[] at most 100, at least one
---@return string[] found at most 100
local function dead_among(dead, items)
  -- at most 100 items
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local found = {}
  local is_found = {}
  -- at most 100 items
  for position, item in ipairs(items) do
    if dead_since[position] and not is_found[item] then
      is_found[item] = true
      found[#found + 1] = item
    end
  end
  return found
end

return dead_among
