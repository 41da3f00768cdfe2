local now_ms = require("lib.now_ms")

--- Tells Redis's clock some time ago.
---
---@version 1.0.0
---@param ago units
---@return epoch_ms then_ms
---@cost O(1)
---@resend safe it only reads
---
---@example The clock.
---  call   ago=0
---  reply  then_ms=~
---@example A while ago.
---  call   ago=5
---  reply  then_ms=~
---@example Too long ago.
---  call   ago=1000001
---  error  ARGUMENT clock.shift ago
local function shift(ago)
  return now_ms() - ago
end

return shift
