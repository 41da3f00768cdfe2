local stored_integer = require("lib.stored_integer")

--- Reads what quota.count has stored about an entry. Any other text ends the script.
---
---@param stored string|false
---@return integer bytes 0 when nothing is stored
---@return integer ends_ms 0 when nothing is stored
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes then
    error({ err = "CORRUPT cache-sizes" })
  end
  return stored_integer(bytes, "cache-sizes") or 0, stored_integer(ends_ms, "cache-sizes") or 0
end

return stored_size
