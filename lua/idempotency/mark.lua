--- Marks an event as seen and says whether this was the first time.
---
---@version 1.0.0
---@param seen key.mark write
---@param operation operation this attempt to mark; sent again after a lost reply, it gets the same answer
---@param remember_ms remember_ms how long the event counts as seen
---@return "first"|"repeated" outcome
---@cost O(1)
---@resend safe within remember_ms, the mark holds the operation that made it, and that one is told "first" again
---
---@example An event is seen for the first time.
---  call   operation=try-1 remember_ms=60000
---  reply  outcome=first
---@example An event that another operation marked is repeated.
---  given  SET {mark} try-1
---  call   operation=try-2 remember_ms=60000
---  reply  outcome=repeated
---@example A key of another type is refused, and nothing is written.
---  given  HSET {mark} operation try-1
---  call   operation=try-1 remember_ms=60000
---  error  WRONGTYPE
local function mark(seen, operation, remember_ms)
  local marked_by = redis.call("GET", seen)
  if marked_by == operation then
    return "first"
  end
  if marked_by then
    return "repeated"
  end
  redis.call("SET", seen, operation, "PX", remember_ms)
  return "first"
end

return mark
