local stored_units = require("lib.stored_units")

--- Looks at one shelf.
---
--- A shelf that was never set is unknown.
--- One that holds nothing is empty.
---
---@version 1.2.3
---@param stock key.stock read
---@param changes key.changes read
---@param shelf id
---@return "full"|"open"|"empty"|"unknown" outcome full: nothing more fits
---@return units? quantity when full|open: on the shelf now
---@return units? room when open
---@return epoch_ms? changed_ms sometimes when full|open|empty: when it was changed last
---@return flag? watched when full|open
---@return id? next sometimes: another shelf to look at
---@cost O(1)
---@resend safe it only reads
---
---@example A full shelf.
---  given  HSET {stock} a1 1000000
---  call   shelf=a1
---  reply  outcome=full quantity=1000000 watched=no
---@example An open one that was changed, with one beside it.
---  given  HSET {stock} a1 5 after:a1 b2
---  given  ZADD {changes} {now-60000} a1
---  call   shelf=a1
---  reply  outcome=open quantity=5 room=999995 changed_ms={now-60000} watched=yes next=b2
---@example An empty one.
---  given  HSET {stock} a1 0
---  call   shelf=a1
---  reply  outcome=empty
---@example None of that name.
---  call   shelf=a1
---  reply  outcome=unknown
local function look(stock, changes, shelf)
  local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
  local quantity = stored_units(stored[1], "level")
  local next_shelf = stored[2] or nil
  local changed = redis.call("ZSCORE", changes, shelf)
  local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
  if not quantity then
    return "unknown", nil, nil, nil, nil, next_shelf
  end
  if quantity == 0 then
    return "empty", nil, nil, changed_ms, nil, next_shelf
  end
  if quantity == 1000000 then
    return "full", quantity, nil, changed_ms, changed_ms ~= nil, next_shelf
  end
  return "open", quantity, 1000000 - quantity, changed_ms, changed_ms ~= nil, next_shelf
end

return look
