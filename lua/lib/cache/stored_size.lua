--- Reads what cache.count_entry has stored about an entry. Any other text ends the script.
---
---@param stored string|false
---@return integer bytes 0 when nothing is stored
---@return integer ends_ms 0 when nothing is stored
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes or #bytes > 15 or #ends_ms > 15 then
    error({ err = "CORRUPT cache-sizes" })
  end
  return tonumber(bytes), tonumber(ends_ms)
end

return stored_size
