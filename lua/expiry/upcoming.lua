local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Lists the items that will be due soon, or are due and not claimed, the earliest first.
---
---@version 1.0.0
---@param due key.due read
---@param within_ms ms how long from now
---@param limit item_limit the maximum number of items
---@return flat<due_item> items the earliest first
---@cost O(log N + limit), N the tracked items
---@resend safe it only reads
---@many 8
---
---@example Items due within a minute are listed.
---  given  ZADD {due} {now+30000} offer-1 {now+90000} offer-2
---  call   within_ms=60000 limit=10
---  reply  items=[["offer-1",{now+30000}]]
---@example A call lists at most limit items.
---  given  ZADD {due} {now+30000} offer-1 {now+40000} offer-2
---  call   within_ms=60000 limit=1
---  reply  items=[["offer-1",{now+30000}]]
---@example No item is tracked.
---  call   within_ms=60000 limit=10
---  reply  items=[]
---@example An instant that is not an integer is an error.
---  given  ZADD {due} 1.5 offer-1
---  call   within_ms=60000 limit=10
---  error  CORRUPT due
local function upcoming(due, within_ms, limit)
  local found =
    redis.call("ZRANGE", due, "-inf", now_ms() + within_ms, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
  local items = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    items[position] = found[position]
    items[position + 1] = stored_integer(found[position + 1], "due")
  end
  return items
end

return upcoming
