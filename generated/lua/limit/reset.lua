#!lua
-- limit.reset 1.0.0. Generated from lua/limit/reset.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT limit.reset expected 2 keys and 1 argument" }
end
local arg_remember_ms_digits = ARGV[1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT limit.reset remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/limit/reset.lua:
--- Gives a name the whole burst of all its rate limits back.
do
  local rate_limit, limit_operation, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], arg_remember_ms, arg_remember_ms_digits
  -- It refuses a key of another type. A text that is not readable may be deleted.
  redis.call("STRLEN", rate_limit)
  local remembered = redis.call("SET", limit_operation, "reset", "NX", "GET", "PX", remember_ms_digits)
  if remembered == "reset" then
    return { "reset", 1 }
  elseif remembered then
    return "mismatch"
  end
  redis.call("DEL", rate_limit)
  return { "reset", 0 }
end
