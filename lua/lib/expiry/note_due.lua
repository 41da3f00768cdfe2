local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")

--- Writes into the index of the slot that a shard is due at a time, unless it is due earlier.
---
--- A message wakes the workers, unless the slot has an entry before this one that is not due yet: when
--- it is due, a worker reads the slot. An entry that is overdue proves nothing, because its worker
--- may be failing.
---
--- Call it after the type of `slot_queue` is proved.
---
---@param slot_queue key.slot_queue
---@param due key.due
---@param due_ms integer the time
---@param due_text string its digits
local function note_due(slot_queue, due, due_ms, due_text)
  -- The clock of a worker may be so far ahead of Redis's clock, or behind it.
  local CLOCK_ERROR_MS = 1000
  if redis.call("ZADD", slot_queue, "LT", "CH", due_text, slot_member(due)) == 0 then
    return
  end
  if redis.call("ZCOUNT", slot_queue, now_ms() + CLOCK_ERROR_MS, due_ms - 1) == 0 then
    redis.call("PUBLISH", slot_queue, due_text)
  end
end

return note_due
