--- Those of some items that a claim holds.
---
---@param held key.claim
---@param items string[] at most 1000
---@return string[] mine at most 1000
local function items_held(held, items)
  local mine = {}
  if #items == 0 then
    return mine
  end
  local positions = redis.call("ZMSCORE", held, unpack(items))
  -- at most 1000 items
  for index, item in ipairs(items) do
    if positions[index] then
      mine[#mine + 1] = item
    end
  end
  return mine
end

return items_held
