--- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
---
---@param stored string as GET returned it
---@return string token
---@return integer|nil clock nil if it is not known
local function stored_tag(stored)
  local token, clock = string.match(stored, "^(%x+%.%x+) (%S+)$")
  local reading = tonumber(clock)
  if not token or #token ~= 21 or (reading and (reading < 1 or reading % 1 ~= 0)) then
    error({ err = "CORRUPT cache tag" })
  end
  if not reading and clock ~= "-" then
    error({ err = "CORRUPT cache tag" })
  end
  return token, reading
end

return stored_tag
