#!lua flags=allow-oom
-- slot.set_aside 1.0.0. Generated from lua/slot/set_aside.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT slot.set_aside expected 2 keys and 3 arguments" }
end
local arg_member = ARGV[1]
if #arg_member < 3 or #arg_member > 321 then
  return { err = "ARGUMENT slot.set_aside member: expected 3 to 321 bytes" }
end
if string.find(arg_member, "[%c{}]") then
  return { err = "ARGUMENT slot.set_aside member: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.set_aside due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_reason = ARGV[3]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT slot.set_aside reason: expected 1 to 1000 bytes" }
end

-- From lua/slot/set_aside.lua:
--- Sets a product aside that a worker cannot sweep, because its keys are corrupt or of another type.
do
  local slot_due, slot_dead, member, due_ms, reason = KEYS[1], KEYS[2], arg_member, arg_due_ms, arg_reason
  local stored = stored_integer(redis.call("ZSCORE", slot_due, member), "time in the index of the slot")
  local set_before = redis.call("HGET", slot_dead, member)
  if not stored then
    return set_before and "set_aside" or "changed"
  end
  if stored ~= due_ms then
    return "changed"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("HSET", slot_dead, member, string.format("%.0f", now_ms()) .. " " .. reason)
  redis.call("ZREM", slot_due, member)
  return "set_aside"
end
