local stored_integer = require("lib.stored_integer")

--- Reads the remembered answer of a call of commit, such as `short cart-1\tberlin`.
---
---@param remembered string as Redis returned it
---@param arguments string of this call, as commit_arguments returns them
---@return string outcome mismatch if the answer is that of other arguments
---@return integer|nil missing when shortfall
local function remembered_commit(remembered, arguments)
  -- The upper bound of the type quantity.
  local MAX_MISSING = 1000000000000
  local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
  if stored_arguments and stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "short" or outcome == "released" or outcome == "expired" then
    return outcome, nil
  elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
    return outcome, nil
  end
  local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
  return "shortfall", stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
end

return remembered_commit
