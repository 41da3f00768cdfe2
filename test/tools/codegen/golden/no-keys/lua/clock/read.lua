local now_ms = require("lib.now_ms")

--- Tells Redis's clock.
---
---@version 1.0.0
---@return epoch_ms now_ms
---@cost O(1)
---@resend safe it only reads
---
---@example The clock.
---  reply  now_ms=~
---@example The clock again.
---  reply  now_ms=~
---@example And again.
---  reply  now_ms=~
local function read()
  return now_ms()
end

return read
