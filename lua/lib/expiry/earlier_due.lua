local stored_integer = require("lib.stored_integer")

--- Computes the time that a shard must get in the index of its slot, because an item will be due.
---
--- If the index has no entry of the shard, the entry may be lost. Then the result is the earliest time
--- of all items, so that none of them waits for a later one.
---
--- It proves the type of `slot_queue`.
---
---@param slot_queue key.slot_queue
---@param member string the name of the shard in the index
---@param due key.due
---@param processing key.processing
---@param due_ms integer when the item will be due
---@return integer|nil earlier_ms nil: the index has this time or an earlier one
local function earlier_due(slot_queue, member, due, processing, due_ms)
  local known = redis.call("ZSCORE", slot_queue, member)
  if known then
    return tonumber(known) > due_ms and due_ms or nil
  end
  local first = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
  local leased = redis.call("ZRANGE", processing, 0, 0, "WITHSCORES")
  local first_ms = stored_integer(first[2] or false, "due") or due_ms
  local ends_ms = stored_integer(leased[2] or false, "processing") or due_ms
  return math.min(due_ms, first_ms, ends_ms)
end

return earlier_due
