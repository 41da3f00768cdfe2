--- Reads a stored write: `<sequence> <operation> <key>` with tabs between them, a line break and the
--- value. Names of operations and keys have no control characters.
---
---@param record string
---@param what string names it in the error
---@return string sequence
---@return string operation
---@return string key
---@return integer value_at where the value begins
local function write_of(record, what)
  -- 2^53 - 1, the upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local sequence, operation, key, value_at = string.match(record, "^(%d+)\t([^\t\n]+)\t([^\t\n]+)\n()")
  local number = tonumber(sequence)
  if not number or number > MAX_SEQUENCE then
    error({ err = "CORRUPT " .. what })
  end
  return sequence, operation, key, value_at
end

return write_of
