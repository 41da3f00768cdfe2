#!lua
-- Rival of idempotency.mark: one SET both looks and marks.
-- KEYS: the mark. ARGV: the operation, how long the mark lasts.

local operation, remember = ARGV[1], ARGV[2]
if #KEYS ~= 1 or #ARGV ~= 2 or operation == "" or #operation > 128 or string.find(operation, "[%c{}]") then
  return { err = "ARGUMENT idempotency.mark operation" }
end
local remember_ms = string.find(remember, "^[1-9]%d*$") and tonumber(remember)
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT idempotency.mark remember_ms" }
end
local first = redis.call("SET", KEYS[1], operation, "NX", "GET", "PX", remember)
if first and first ~= operation then
  return "repeated"
end
return "first"
