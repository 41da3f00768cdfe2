--- Ends the script with an error that names a line of the script. Call it before the first write.
---
---@param code string the error's first word, in capitals
---@param what string what is wrong; never a stored or a given value
---@param level integer the function whose line the error names: 1 this function's caller, 2 the
---   caller's caller, and so on
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

return raise
