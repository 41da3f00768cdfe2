local stored_units = require("lib.stored_units")

--- Stops the script before it writes: what is stored is not what the keyspace says.
---
---@param what string names what is corrupt; never its content
local function corrupt(what)
  stored_units("0", "nothing")
  error({ err = "CORRUPT " .. what })
end

return corrupt
