--- Stops the script before it writes: what is stored is not what the keyspace says.
---
---@param what string names what is corrupt; never its content
local function corrupt(what)
  -- moonpath-allow bounds/loop: there is none
  error({ err = "CORRUPT " .. what })
end

return corrupt
