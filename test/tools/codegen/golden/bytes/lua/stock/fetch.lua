local stored_units = require("lib.stored_units")

--- Fetches the value of a label.
---
---@version 1.0.0
---@param label key.label read
---@param stock key.stock read
---@return "found"|"unknown" outcome unknown: nothing is stored
---@return entry_body? body when found
---@return units? times when found: how often it was stored
---@return id? shelf sometimes when found
---@return entry_body? preview sometimes: a smaller value
---@return id[] shelves
---@cost O(1)
---@resend safe it only reads
---@many 10
---
---@example A value is found.
---  given  SET {label} "a b"
---  given  HSET {stock} total 3 preview small
---  call
---  reply  outcome=found body="a b" times=3 preview=small shelves=["a1"]
---@example Without a value, nothing is found.
---  call
---  reply  outcome=unknown shelves=[]
---@example A key of another type is named.
---  given  SET {stock} lamp
---  call
---  error  WRONGTYPE
local function fetch(label, stock)
  local stored = redis.call("HMGET", stock, "total", "shelf", "preview")
  local body = redis.call("GET", label)
  local times = stored_units(stored[1], "total")
  if not body or not times then
    return "unknown", nil, nil, nil, stored[3] or nil, {}
  end
  return "found", body, times, stored[2] or nil, stored[3] or nil, { "a1" }
end

return fetch
