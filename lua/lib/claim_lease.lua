local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- No item has an empty name; in a claim, that member's score is the end of the lease.
local LEASE = ""

--- Until when a claim's lease runs.
---
---@param held key.claim
---@return integer|nil lease_ends_ms nil: it is over, or there is no such claim
local function claim_lease(held)
  local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

return claim_lease
