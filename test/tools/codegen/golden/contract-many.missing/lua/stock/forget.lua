--- Forgets what a shop says of a product.
---
---@version 1.0.0
---@param label key.label write
---@return "forgotten" outcome
---@cost O(1)
---@resend safe what is gone stays gone
---@many
---
---@example A label is forgotten.
---  given  SET {label} lamp
---  reply  outcome=forgotten
---  then   EXISTS {label} = 0
---@example There is none.
---  reply  outcome=forgotten
---@example Whatever the key holds.
---  given  SADD {label} lamp
---  reply  outcome=forgotten
local function forget(label)
  redis.call("DEL", label)
  return "forgotten"
end

return forget
