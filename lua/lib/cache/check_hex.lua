--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
---
---@param name string of the argument
---@param text string
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

return check_hex
