#!lua
-- idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT idempotency.mark expected 1 key and 2 arguments" }
end
local arg_operation = ARGV[1]
if arg_operation == "" or #arg_operation > 128 then
  return { err = "ARGUMENT idempotency.mark operation: expected 1 to 128 bytes" }
end
if string.find(arg_operation, "[%c{}]") then
  return { err = "ARGUMENT idempotency.mark operation: expected no control characters and no braces" }
end
local arg_remember_ms_digits = ARGV[2]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT idempotency.mark remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/idempotency/mark.lua:
--- Marks an event as seen, and tells whether this call was the first.
do
  local mark_key, operation, remember_ms, remember_ms_digits =
    KEYS[1], arg_operation, arg_remember_ms, arg_remember_ms_digits
  local marked_by = redis.call("SET", mark_key, operation, "NX", "GET", "PX", remember_ms_digits)
  if marked_by and marked_by ~= operation then
    return "repeated"
  end
  return "first"
end
