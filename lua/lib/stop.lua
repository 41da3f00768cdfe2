--- Stops the script before it writes, with an error that names the script's own line.
---
---@param code string the error's first word, in capitals
---@param what string what is wrong; never what is stored or given
---@param level integer whose line the error names: 1 this function's caller, 2 the caller's caller, and so on
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

return stop
