#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT idempotency.complete expected 1 key and 4 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT idempotency.complete owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT idempotency.complete owner: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.complete fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_reply = ARGV[3]
if #arg_reply > 524288 then
  return { err = "ARGUMENT idempotency.complete reply: expected 0 to 524288 bytes" }
end
local arg_remember_ms_digits = ARGV[4]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return {
    err = "ARGUMENT idempotency.complete remember_ms: expected a whole number from 1000 to 31622400000",
  }
end

-- From lua/idempotency/complete.lua:
--- Records the reply of a request, for all later calls of begin.
do
  local request, owner, fence, reply, remember_ms, remember_ms_digits =
    KEYS[1], arg_owner, arg_fence, arg_reply, arg_remember_ms, arg_remember_ms_digits
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local state, stored_owner = stored[1], stored[2]
  if stored_owner ~= owner or stored_integer(stored[3], "fence") ~= fence then
    return "lost"
  end
  if state == "done" then
    return "completed"
  end
  if state ~= "running" then
    error({ err = "CORRUPT state" })
  end
  redis.call("HSET", request, "state", "done", "reply", reply)
  redis.call("PEXPIRE", request, remember_ms_digits)
  return "completed"
end
