#!lua
-- Rival of limit.reset: deletes the limits of a name, once for each operation.
-- KEYS: the limits, the operation. ARGV: how long the operation is remembered.

local remember = ARGV[1]
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT limit.reset" }
end
local remember_ms = string.find(remember, "^[1-9]%d*$") and tonumber(remember)
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT limit.reset remember_ms" }
end
redis.call("STRLEN", KEYS[1])
local known = redis.call("SET", KEYS[2], "reset", "NX", "GET", "PX", remember)
if known == "reset" then
  return { "reset", 1 }
elseif known then
  return "mismatch"
end
redis.call("DEL", KEYS[1])
return { "reset", 0 }
