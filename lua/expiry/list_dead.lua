local stored_integer = require("lib.stored_integer")

--- Lists dead items with their reasons, the oldest first.
---
---@version 1.0.0
---@param attempts key.attempts read
---@param dead key.dead read
---@param reasons key.dead_reason read
---@param limit limit the maximum number of items
---@return dead_item[] items the oldest first
---@cost O(log N + limit), N the dead items
---@resend safe it only reads
---@role worker
---
---@example A dead item is listed with its reason.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {dead_reason} offer-1 "no such offer"
---  given  HSET {attempts} offer-1 5
---  call   limit=10
---  reply  items=[["offer-1",5,"no such offer",{now-1}]]
---@example There are no dead items.
---  call   limit=10
---  reply  items=[]
---@example A corrupt count is an error.
---  given  ZADD {dead} {now-1} offer-1
---  given  HSET {attempts} offer-1 often
---  call   limit=10
---  error  CORRUPT attempts
local function list_dead(attempts, dead, reasons, limit)
  local found = redis.call("ZRANGE", dead, 0, limit - 1, "WITHSCORES")
  local items = {}
  -- at most 1000 items
  for position = 1, #found, 2 do
    local name = found[position]
    items[#items + 1] = {
      item = name,
      attempts = stored_integer(redis.call("HGET", attempts, name), "attempts", 1) or 1,
      reason = redis.call("HGET", reasons, name) or "unknown",
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
    }
  end
  return items
end

return list_dead
