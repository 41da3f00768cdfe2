local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Tells whether a worker has claimed an item, and whether the lease of its last worker has ended.
---
---@param processing key.processing
---@param item id
---@return boolean claimed the lease has not ended
---@return boolean abandoned the lease has ended, and nobody has claimed the item since
local function claim_state(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  if not lease_ends then
    return false, false
  end
  local abandoned = lease_ends < now_ms()
  return not abandoned, abandoned
end

return claim_state
