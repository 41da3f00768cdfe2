--- Sets what a shop says of a product.
---@version 1.0.0
---@param key key.label write
---@param text payload
---@return "set" outcome
---@cost O(1)
---@resend safe the same text is set again
---@example A text is set.
---  call   text=lamp
---  reply  outcome=set
---@example Another one.
---  given  SET {label} shade
---  call   text=lamp
---  reply  outcome=set
---@example None.
---  call   text=""
---  reply  outcome=set
local function label(key, text)
  redis.call("SET", key, text)
  return "set"
end

return label
