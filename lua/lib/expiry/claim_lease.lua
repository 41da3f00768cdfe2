local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- In a claim, the score of the member with the empty name is the end of the lease. No item has an
-- empty name.
local LEASE = ""

--- Returns when a claim's lease ends, if it has not ended yet.
---
---@param claim_key key.claim
---@return integer|nil lease_ends_ms nil: the lease has ended, or the claim does not exist
local function claim_lease(claim_key)
  local lease_ends = stored_integer(redis.call("ZSCORE", claim_key, LEASE), "end of a claim's lease")
  if lease_ends and lease_ends >= now_ms() then
    return lease_ends
  end
  return nil
end

return claim_lease
