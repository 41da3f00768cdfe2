--- Stops the script before it writes: what is stored is not what the keyspace says.
---
---@param what string names what is corrupt; never its content
---@param level integer|nil whose line the error names: 1 the caller's (default), 2 the caller's caller's
local function corrupt(what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", (level or 1) + 2)
  error({ err = "CORRUPT " .. what .. " at " .. line })
end

return corrupt
