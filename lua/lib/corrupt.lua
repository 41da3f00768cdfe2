local raise = require("lib.raise")

--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
---
--- Call it before the first write.
---
---@param what string names what is corrupt; never its content
---@param level integer|nil the function whose line the error names: 1 the caller (default), 2 the
---   caller's caller
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

return corrupt
