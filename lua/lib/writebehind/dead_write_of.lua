--- Reads a dead write: the length of its reason, a tab, the reason, and the stored write.
---
---@param stored string
---@return string reason
---@return string record the write, as it was queued
local function dead_write_of(stored)
  local length, reason_at = string.match(stored, "^(%d+)\t()")
  local bytes = tonumber(length)
  if not bytes or bytes < 1 or bytes > 1000 then
    error({ err = "CORRUPT dead write" })
  end
  return string.sub(stored, reason_at, reason_at + bytes - 1), string.sub(stored, reason_at + bytes)
end

return dead_write_of
