local stop = require("lib.stop")

--- Stops the script before it writes: what is stored is not what the keyspace says.
---
---@param what string names what is corrupt; never its content
---@param level integer|nil whose line the error names: 1 the caller's (default), 2 the caller's caller's
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

return corrupt
