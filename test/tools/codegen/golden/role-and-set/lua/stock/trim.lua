--- Removes what a shop says of a product, if it is empty.
---@version 1.0.0
---@param key key.label write
---@return "done" outcome
---@cost O(1)
---@resend safe what is gone stays gone
---@role worker
---@example An empty text is removed.
---  given  SET {label} ""
---  reply  outcome=done
---@example Any other text stays.
---  given  SET {label} lamp
---  reply  outcome=done
---@example There is none.
---  reply  outcome=done
local function trim(key)
  if redis.call("GETRANGE", key, 0, 0) == "" then
    redis.call("DEL", key)
  end
  return "done"
end

return trim
