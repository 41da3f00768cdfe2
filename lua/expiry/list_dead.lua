local stored_integer = require("lib.stored_integer")

--- Lists dead items with their reasons, the oldest first, one page a call.
---
--- The next page begins after the last item of the page before. If that item is not dead any more,
--- or died again, the next page begins with the items of its millisecond. So a page may repeat
--- items, but it never skips one that stays dead.
---
---@version 1.0.0
---@param attempts key.attempts read
---@param dead key.dead read
---@param reasons key.dead_reason read
---@param limit item_limit the maximum number of items
---@param after_ms epoch_ms? dead_since_ms of the last item of the page before
---@param after_item id? the last item of the page before
---@return dead_item[] items the oldest first
---@cost O(log N + limit), N the dead items
---@resend safe it only reads
---@role worker
---@many 5
---
---@example A dead item is listed with its reason.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   limit=10
---  reply  items=[["offer-1",5,"no such offer",{now-1}]]
---@example The next page begins after the last item of the page before.
---  given  ZADD {dead} 5 offer-1 5 offer-2 6 offer-3
---  given  HSET {dead_reason} offer-3 "no such offer"
---  call   limit=10 after_ms=5 after_item=offer-2
---  reply  items=[["offer-3",1,"no such offer",6]]
---@example There are no dead items.
---  call   limit=10
---  reply  items=[]
---@example A corrupt count is an error.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {attempts} offer-1 often
---  call   limit=10
---  error  CORRUPT attempts
local function list_dead(attempts, dead, reasons, limit, after_ms, after_item)
  local first = 0
  if after_ms then
    local after = string.format("%d", after_ms)
    if after_item and redis.call("ZSCORE", dead, after_item) == after then
      first = redis.call("ZRANK", dead, after_item) + 1
    else
      first = redis.call("ZCOUNT", dead, "-inf", "(" .. after)
    end
  end
  local found = redis.call("ZRANGE", dead, first, first + limit - 1, "WITHSCORES")
  local items = {}
  if #found == 0 then
    return items
  end
  local names = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    names[#names + 1] = found[position]
  end
  -- at most 100 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 100 items
  local whys = redis.call("HMGET", reasons, unpack(names))
  -- at most 100 items
  for position = 1, #found, 2 do
    local index = #items + 1
    items[index] = {
      item = found[position],
      attempts = stored_integer(counts[index], "attempts", 1) or 1,
      reason = whys[index] or "unknown",
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
    }
  end
  return items
end

return list_dead
