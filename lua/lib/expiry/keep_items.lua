--- Removes all items from a claim except those that it keeps. The end of its lease stays.
---
---@param claim_key key.claim
---@param others string[] at most 100: the items that the claim keeps
local function keep_items(claim_key, others)
  redis.call("LTRIM", claim_key, "0", "0")
  if #others > 0 then
    -- at most 100 items
    redis.call("RPUSH", claim_key, unpack(others))
  end
end

return keep_items
