local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Whether a worker has an item right now: it was claimed, and its lease runs.
---
---@param processing key.processing
---@param item id
---@return boolean claimed
local function is_claimed(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  return lease_ends ~= nil and lease_ends >= now_ms()
end

return is_claimed
