--- Forgets the changes of a product's stock, in the background.
---@version 1.0.0
---@param changes key.changes write
---@return "cleared" outcome
---@cost O(N), N the changes
---@resend safe what is gone stays gone
---@role worker
---@example Changes are forgotten.
---  given  ZADD {changes} 1 sale
---  reply  outcome=cleared
---@example There are none.
---  reply  outcome=cleared
---@example Whatever the key holds.
---  given  SET {changes} none
---  reply  outcome=cleared
local function clear(changes)
  redis.call("DEL", changes)
  return "cleared"
end

return clear
