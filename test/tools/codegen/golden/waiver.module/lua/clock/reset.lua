local forget_list = require("lib.forget_list")

--- Forgets the shop's own list, and has no key of its own.
---@version 1.0.0
---@return "forgotten" outcome
---@cost O(1)
---@resend safe what is gone stays gone
---@example The list is forgotten.
---  reply  outcome=forgotten
---@example There is none.
---  reply  outcome=forgotten
---@example Again.
---  reply  outcome=forgotten
local function reset()
  forget_list()
  return "forgotten"
end

return reset
