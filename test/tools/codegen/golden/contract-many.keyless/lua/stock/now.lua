local now_ms = require("lib.now_ms")

--- Reads the clock of the server.
---
---@version 1.0.0
---@return epoch_ms now
---@cost O(1)
---@resend safe it only reads
---@many 10
---
---@example The time.
---  reply  now=~
---@example The time again.
---  reply  now=~
---@example And once more.
---  reply  now=~
local function now()
  return now_ms()
end

return now
