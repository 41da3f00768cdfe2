--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
---
---@param stored string as GET or GETRANGE returned it
---@return integer|nil fresh_until_ms nil if the entry has another form, of an older or a newer release
---@return string|nil fill_id
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
end

return entry_head
