--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
---
---@param token string of 21 bytes, as its type says
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

return check_token
