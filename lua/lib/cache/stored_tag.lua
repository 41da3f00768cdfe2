--- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
---
---@param stored string as GET returned it
---@return string token
---@return integer|nil clock nil if it is not known
local function stored_tag(stored)
  -- The upper bound of the type clock_reading.
  local MAX_READING = 9007199254740991
  local hard, soft, clock = string.match(stored, "^(%x+)%.(%x+) (%S+)$")
  if not hard or #hard ~= 12 or #soft ~= 8 then
    error({ err = "CORRUPT cache tag" })
  end
  local token = hard .. "." .. soft
  if clock == "-" then
    return token
  end
  local reading = tonumber(clock)
  if not reading or reading % 1 ~= 0 or reading < 1 or reading > MAX_READING then
    error({ err = "CORRUPT cache tag" })
  end
  return token, reading
end

return stored_tag
