--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares. Call it before the first write.
---
---@param what string names the value in the error
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

return corrupt
