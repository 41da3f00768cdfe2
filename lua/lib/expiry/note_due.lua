local now_ms = require("lib.now_ms")

--- Writes into the index of the slot that a shard is due at a time, as earlier_due computed it.
---
--- A message wakes the workers, unless the slot has an entry before this one that is not due yet: when
--- it is due, a worker reads the slot. An entry that is overdue proves nothing, because its worker
--- may be failing.
---
---@param slot_queue key.slot_queue
---@param member string the name of the shard in the index
---@param earlier_ms integer the time
local function note_due(slot_queue, member, earlier_ms)
  -- The clock of a worker may be so far ahead of Redis's clock, or behind it.
  local CLOCK_ERROR_MS = 1000
  local earlier_text = string.format("%d", earlier_ms)
  redis.call("ZADD", slot_queue, earlier_text, member)
  if redis.call("ZCOUNT", slot_queue, now_ms() + CLOCK_ERROR_MS, earlier_ms - 1) == 0 then
    redis.call("PUBLISH", slot_queue, earlier_text)
  end
end

return note_due
