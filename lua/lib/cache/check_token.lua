--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
---
---@param token string
local function check_token(token)
  local hard, soft = string.match(token, "^(%x+)%.(%x+)$")
  if not hard or #hard ~= 12 or #soft ~= 8 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

return check_token
