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
    error({ err = "CORRUPT size of an entry" })
  end
  return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
end

return stored_size
