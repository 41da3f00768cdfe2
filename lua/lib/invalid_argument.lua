local raise = require("lib.raise")

--- Ends the script with the error ARGUMENT: its arguments contradict each other or stored values.
---
--- Call it before the first write.
---
---@param expected string names the script, the argument and what it expects; never the given value
local function invalid_argument(expected)
  raise("ARGUMENT", expected, 2)
end

return invalid_argument
