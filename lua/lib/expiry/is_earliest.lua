--- Tells whether an item will be due before all others and before all leases end. Then workers must
--- be woken, because they may be waiting longer.
---
--- Call it before writing the item.
---
---@param due key.due
---@param processing key.processing
---@param due_ms integer when the item will be due
---@return boolean earliest
local function is_earliest(due, processing, due_ms)
  local until_ms = string.format("%d", due_ms)
  return redis.call("ZCOUNT", due, "-inf", until_ms) == 0
    and redis.call("ZCOUNT", processing, "-inf", until_ms) == 0
end

return is_earliest
