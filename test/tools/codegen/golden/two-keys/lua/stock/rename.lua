local now_ms = require("lib.now_ms")

--- Gives a product another label, and notes when.
---
---@version 1.0.0
---@param label key.label write
---@param changes key.changes write the newest change counts
---@param text payload
---@return epoch_ms changed_ms
---@cost O(log N), N the changes
---@resend safe the same label is set again
---
---@example A new label.
---  call   text="a lamp"
---  reply  changed_ms=~
---  then   GET {label} = "a lamp"
---  then   ZCARD {changes} = 1
---@example A label of no bytes.
---  call   text=""
---  reply  changed_ms=~
---@example Changes of another type are named, and nothing is written.
---  given  SET {changes} none
---  call   text=lamp
---  error  WRONGTYPE
local function rename(label, changes, text)
  local now = now_ms()
  redis.call("ZCARD", changes)
  redis.call("SET", label, text)
  redis.call("ZADD", changes, now, "label")
  return now
end

return rename
