local stored_integer = require("lib.stored_integer")

--- Reads how many items an earlier run of an operation handled.
---
---@param expiry_operation key.expiry_operation
---@param call string the script and its arguments
---@return integer|nil count nil: the operation is new
---@return boolean mismatch the operation was another call
local function remembered_count(expiry_operation, call)
  local stored = redis.call("GET", expiry_operation)
  if not stored then
    return nil, false
  end
  local count, rest = string.match(stored, "^(%d+) (.*)$")
  if rest ~= call then
    return nil, true
  end
  return stored_integer(count or false, "operation", 0, 100), false
end

return remembered_count
