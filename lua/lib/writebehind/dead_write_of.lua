--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
---
---@param stored string
---@return string reason
---@return string record the write, as it was queued
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\n]+)\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
end

return dead_write_of
