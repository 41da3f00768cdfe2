local stop = require("lib.stop")

--- Stops the script before it writes: its arguments do not fit together.
---
---@param expected string names the script, the argument and what it expects; never the value given
local function misuse(expected)
  stop("ARGUMENT", expected, 2)
end

return misuse
