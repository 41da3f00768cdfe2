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
  local sequence, operation, key, value_at = string.match(record, "^(%d+)\t([^\t\n]+)\t([^\t\n]+)\n()")
  if not sequence or #sequence > 16 then
    error({ err = "CORRUPT " .. what })
  end
  return sequence, operation, key, value_at
end

return write_of
