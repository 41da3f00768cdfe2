local stored_integer = require("lib.stored_integer")

--- Selects those of the given items that a claim holds.
---
--- An item belongs to a claim if the claim's list has it and its lease ends with that of the claim.
--- So a claim that comes back after a failover holds no item that another worker has claimed.
---
---@param claim_key key.claim
---@param processing key.processing
---@param items string[] at most 100
---@param now integer Redis's clock in milliseconds
---@return string[]|nil held at most 100; nil: the lease has ended, or the claim does not exist
---@return string[] others at most 100: the claim's items that are not given
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 100 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

return held_items
