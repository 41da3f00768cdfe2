--- Reads a lease: the id of the load that has it, with ` waited` behind it if others wait.
---
---@param stored string|false as GET returned it
---@return string|nil fill_id nil if no load has the lease
---@return boolean waited
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

return lease_of
