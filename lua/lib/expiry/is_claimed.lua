local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Tells whether a worker has claimed an item and its lease has not ended.
---
---@param processing key.processing
---@param item id
---@return boolean claimed
local function is_claimed(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  return lease_ends ~= nil and lease_ends >= now_ms()
end

return is_claimed
