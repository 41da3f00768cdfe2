--- Ends the script with an error that names a line of the script. Call it before the first write.
---
---@param code string the error's first word, in capitals
---@param what string what is wrong; never a stored or a given value
---@param level integer whose line the error names: 1 this function's caller, 2 the caller's caller,
---   and so on
local function raise(code, what, level)
  -- Redis adds the line of error() itself to an error, which is always the line below. error(text,
  -- level) adds the line at that level, but only to a text, and Redis puts ERR in front of a text,
  -- where clients look for the code. So the first error() only finds out the position,
  -- "user_script:<line>: ", and the second one ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

return raise
