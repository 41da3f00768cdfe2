--- Marks an event as seen, and tells whether this call was the first.
---
---@version 1.0.0
---@param mark_key key.mark write
---@param operation operation names this attempt; after a lost reply, the same attempt gets the same
---   answer
---@param remember_ms remember_ms how long the event counts as seen
---@return "first"|"repeated" outcome first: this operation marked the event; repeated: another
---   operation marked it before
---@cost O(1)
---@resend safe within remember_ms, counted from the first mark, which stores its operation: a second
---   run of it is "first" again, and that of another one "repeated"
---@many 100
---
---@example An event is seen for the first time.
---  call   operation=try-1 remember_ms=60000
---  reply  outcome=first
---@example An event that another operation marked is repeated.
---  given  SET {mark} try-1
---  call   operation=try-2 remember_ms=60000
---  reply  outcome=repeated
---@example A key of another type is an error, and nothing is written.
---  given  HSET {mark} operation try-1
---  call   operation=try-1 remember_ms=60000
---  error  WRONGTYPE
local function mark(mark_key, operation, remember_ms)
  local marked_by = redis.call("SET", mark_key, operation, "NX", "GET", "PX", remember_ms)
  if marked_by and marked_by ~= operation then
    return "repeated"
  end
  return "first"
end

return mark
