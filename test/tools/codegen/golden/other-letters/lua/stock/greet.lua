-- Grüße, 挨拶, 🙂
local GREETING = "Grüße, 挨拶, 🙂"

--- Greets in letters of other languages: ä, 挨, 🙂.
---
---@version 1.0.0
---@param label key.label write
---@return "greeted" outcome
---@cost O(1)
---@resend safe the same greeting is set again
---
---@example A greeting: 挨拶.
---  reply  outcome=greeted
---  then   GET {label} = "Grüße, 挨拶, 🙂"
---@example Another label goes.
---  given  SET {label} lamp
---  reply  outcome=greeted
---@example And again.
---  given  SET {label} "Grüße, 挨拶, 🙂"
---  reply  outcome=greeted
local function greet(label)
  redis.call("SET", label, GREETING) -- 🙂
  return "greeted"
end

return greet
