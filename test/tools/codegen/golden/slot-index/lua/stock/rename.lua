local now_ms = require("lib.now_ms")

--- Sets a product's label, and asks for a new print of it.
---
---@version 1.0.0
---@param label key.label write
---@param slot_label key.slot_label write
---@param text payload
---@return "renamed" outcome
---@cost O(log P), P the products of the slot
---@resend safe a second run sets the same label
---
---@example A label.
---  call   product=lamp text="a lamp"
---  reply  outcome=renamed
---  then   GET {label} = "a lamp"
---  then   ZRANGE {slot_label} 0 -1 = example:lamp
---@example A product that waits for its print keeps its time.
---  given  ZADD {slot_label} 5 example:lamp
---  call   product=lamp text="a lamp"
---  reply  outcome=renamed
---  then   ZSCORE {slot_label} example:lamp = 5
---@example An index of another type is named.
---  given  SET {slot_label} 5
---  call   product=lamp text="a lamp"
---  error  WRONGTYPE
local function rename(label, slot_label, text)
  local product = string.match(label, "{(.*)}") or ""
  redis.call("ZADD", slot_label, "LT", now_ms(), product)
  redis.call("SET", label, text)
  return "renamed"
end

return rename
