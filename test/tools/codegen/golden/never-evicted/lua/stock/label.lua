--- Reads a product's label.
---
---@version 1.0.0
---@param of key.label read
---@return "known"|"unknown" outcome
---@return payload? text when known
---@cost O(1)
---@resend safe it only reads
---
---@example A label.
---  given  SET {label} "a lamp"
---  reply  outcome=known text="a lamp"
---@example No label.
---  reply  outcome=unknown
---@example A label of another type is named.
---  given  HSET {label} a b
---  error  WRONGTYPE
local function label(of)
  local text = redis.call("GET", of)
  if not text then
    return "unknown"
  end
  return "known", text
end

return label
