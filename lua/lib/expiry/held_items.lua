--- Selects those of the given items that a claim holds.
---
---@param claim_key key.claim
---@param items string[] at most 1000
---@return string[] held at most 1000
local function held_items(claim_key, items)
  local held = {}
  if #items == 0 then
    return held
  end
  local positions = redis.call("ZMSCORE", claim_key, unpack(items))
  -- at most 1000 items
  for index, item in ipairs(items) do
    if positions[index] then
      held[#held + 1] = item
    end
  end
  return held
end

return held_items
